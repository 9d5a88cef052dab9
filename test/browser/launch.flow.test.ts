import type { Patient, Resource } from '@medplum/fhirtypes';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumPath, startChromium } from './chromium.ts';
import { type PageSite, pageClient, startPageSite } from './page-site.ts';
import { accessibilityFaults, launched, newcomer, shot, type Visitor } from './visitor.ts';

const story = 'infection-explant-and-reimplant';
/** Nobody signed a care plan. */
const unplanned = 'missed-refill-and-withdrawal';

describe.skipIf(chromiumPath === undefined)('the page in a browser, launched', () => {
  let site: PageSite;
  let browser: Browser;
  let guest: Visitor;

  beforeAll(async () => {
    [site, browser] = await Promise.all([startPageSite([story, unplanned]), startChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });
  beforeEach(async () => {
    guest = await newcomer(browser);
  });
  afterEach(() => guest.close());

  const there = () => site.patientOf(story).there;
  const doseShown = () => guest.page.locator('[data-fact="pumps.0.programme.doseUgPerDay"] .value').textContent();
  const recordOf = () => guest.page.locator('.provenance').getAttribute('data-from');

  it('from the hospital’s EHR exchanges the sign-in and reads the adapter', async () => {
    await launched(guest, site.url, site.hospital.baseUrl, site.hospital.launch({ patient: there() }));
    expect([await recordOf(), await doseShown(), guest.complaints]).toEqual(['adapter', '100\u00a0mcg/day', []]);
    expect(guest.asked.filter((one) => one.startsWith('POST'))).toEqual([
      `POST ${site.hospital.tokenUrl}`,
      `POST ${site.url}/token`,
    ]);
  });

  it('asks for the code with PKCE by S256, state, audience and exactly its scopes', async () => {
    await launched(guest, site.url, site.hospital.baseUrl, site.hospital.launch({ patient: there() }));
    const authorize = guest.asked.find((one) => one.includes('/auth/authorize')) ?? '';
    const asked = new URL(authorize.slice('GET '.length)).searchParams;
    expect(asked.get('code_challenge')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(asked.get('state')).toMatch(/^\S{16,}$/);
    expect(
      Object.fromEntries([...asked].filter(([name]) => !['code_challenge', 'state', 'launch'].includes(name))),
    ).toEqual({
      response_type: 'code',
      client_id: pageClient,
      redirect_uri: `${site.url}/app/`,
      aud: site.hospital.baseUrl,
      code_challenge_method: 'S256',
      scope:
        'launch openid fhirUser patient/Patient.rs patient/Device.rs patient/MedicationAdministration.rs patient/MedicationRequest.rs patient/Medication.rs patient/Observation.rs patient/Procedure.rs patient/CarePlan.rs patient/CareTeam.rs patient/AdverseEvent.rs patient/Condition.rs patient/AllergyIntolerance.rs',
    });
  });

  it('from an EHR by a SMART server that is not ours, at our own FHIR base, reads the adapter with that token', async () => {
    await launched(guest, site.url, `${site.url}/fhir`, site.smart.launch({ patient: there() }));
    expect([await recordOf(), await doseShown(), guest.complaints]).toEqual(['adapter', '100\u00a0mcg/day', []]);
    expect(guest.asked.filter((one) => one.startsWith('POST'))).toEqual([`POST ${site.smart.tokenUrl}`]);
  });

  it('from a hospital whose own record is to be read shows what was written there, and says so', async () => {
    await launched(guest, site.url, site.smart.fhirBaseUrl, site.smart.launch({ patient: there() }));
    expect([await recordOf(), await doseShown(), guest.complaints]).toEqual(['hospital', '100\u00a0mcg/day', []]);
    expect(await guest.page.locator('.provenance p').textContent()).toContain(
      'Read from the record of Hospital record',
    );
    expect(await guest.page.locator('[data-method="calculated"]').count()).toBe(0);
    expect(guest.asked.filter((one) => one.includes(`${site.url}/status`))).toEqual([]);
  });

  it.each([
    ['Sandbox hospital', () => site.hospital.baseUrl],
    ['Pump adapter', () => `${site.url}/fhir`],
  ])('standalone at %s lets the user choose the patient there', async (name, iss) => {
    await guest.page.goto(`${site.url}/app/`);
    await guest.page.getByRole('button', { name }).click();
    await choosePatient();
    await guest.page.waitForSelector('.status');
    expect([await recordOf(), await doseShown(), guest.complaints]).toEqual(['adapter', '100\u00a0mcg/day', []]);
    expect(guest.asked.find((one) => one.includes('response_type=code'))).toContain(`aud=${encodeURIComponent(iss())}`);
    expect(guest.asked.find((one) => one.includes('response_type=code'))).toContain(
      encodeURIComponent('launch/patient'),
    );
  });

  /** The sandbox shows names, the other server ids. */
  async function choosePatient(): Promise<void> {
    await guest.page.waitForURL((url) => url.origin !== site.url);
    await guest.page
      .locator('a, button')
      .filter({ hasText: new RegExp(`Sample 1|${there()}`) })
      .first()
      .click();
  }

  it('loaded anew keeps its sign-in', async () => {
    await launched(guest, site.url, site.hospital.baseUrl, site.hospital.launch({ patient: there() }));
    await guest.page.reload();
    await guest.page.waitForSelector('.status');
    expect([await doseShown(), new URL(guest.page.url()).search]).toEqual(['100\u00a0mcg/day', '']);
  });

  it('of a patient of whom the adapter has no report says so, and reads the hospital’s record', async () => {
    await site.hospital.addPatients([{ resourceType: 'Patient', id: 'nobody', name: [{ family: 'Nobody' }] }]);
    await launched(guest, site.url, site.hospital.baseUrl, site.hospital.launch({ patient: 'nobody' }));
    expect(await recordOf()).toBe('hospital');
    expect(await guest.page.locator('.provenance p').textContent()).toMatch(
      /^The pump adapter has no report about this patient\. Read from the record of Sandbox hospital/,
    );
    expect(await guest.page.locator('#glance').textContent()).toContain('No pump in use was reported.');
  });

  it('without a reason for urgency tells as loud as its heading how old the newest report is, and how many are held', async () => {
    // Of a record in which no complication stands open.
    await guest.page.route(/\/Observation\?/, async (route) => {
      const response = await route.fetch();
      const found = (await response.json()) as { entry?: object[] };
      const entry = found.entry?.filter((one) => !JSON.stringify(one).includes('itb-complication'));
      await route.fulfill({ response, json: { ...found, entry } });
    });
    await launched(guest, site.url, site.smart.fhirBaseUrl, site.smart.launch({ patient: there() }));
    const banner = guest.page.locator('.banner.nothing-reported');
    expect(await banner.locator('h1').innerText()).toMatch(/Nothing reported$/);
    const lines = banner.locator('.how-far p');
    expect(await lines.allTextContents()).toEqual([
      expect.stringMatching(/^Newest report 16 Jul 2024, [\d,]+ days before$/),
      'Reports held: not known here',
    ]);
    const sizes = (await guest.page.evaluate(
      "[...document.querySelectorAll('.banner h1, .how-far p')].map((one) => getComputedStyle(one).font)",
    )) as string[];
    expect([sizes.length, new Set(sizes).size]).toEqual([3, 1]);
    await shot(banner, 'page-nothing-reported.png');
  });

  it('by an unknown FHIR server is refused, and nobody is asked anything', async () => {
    const address = `${site.url}/app/launch?${new URLSearchParams({ iss: 'https://elsewhere.test/fhir', launch: 'x' })}`;
    const response = await guest.page.goto(address);
    expect([response?.status(), await guest.page.locator('h1').textContent()]).toEqual([403, 'Not started']);
    expect(guest.asked).toEqual([`GET ${address}`]);
  });

  it('with a state that this tab did not begin sends no code anywhere, and offers to sign in', async () => {
    await guest.page.goto(`${site.url}/app/?code=stolen&state=forged`);
    await guest.page.waitForSelector('.chooser');
    expect(await guest.page.locator('.chooser p').first().textContent()).toBe(
      'The sign-in did not succeed, or it was not begun on this page.',
    );
    expect(guest.asked.filter((one) => one.startsWith('POST'))).toEqual([]);
  });

  it('whose token is no longer taken says that the sign-in has expired', async () => {
    await guest.page.route(`${site.url}/status/**`, (route) => route.fulfill({ status: 401, body: '{}' }));
    await launched(guest, site.url, `${site.url}/fhir`, site.smart.launch({ patient: there() }));
    expect(await guest.page.locator('.chooser p').first().textContent()).toBe(
      'The sign-in has expired. Open the page again from the patient’s chart, or sign in here.',
    );
    expect(await guest.page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('left open for a quarter of an hour says that it is no longer new', async () => {
    await guest.page.clock.install();
    await launched(guest, site.url, `${site.url}/fhir`, site.smart.launch({ patient: there() }));
    await guest.page.clock.fastForward('14:00');
    expect(await guest.page.locator('#news').textContent()).toBe('');
    await guest.page.clock.fastForward('01:30');
    expect(await guest.page.locator('#news').textContent()).toBe(
      'Read 15 minutes ago. What was reported since is not shown: read again.',
    );
  });

  it('where the adapter does not answer tells it and offers to read again', async () => {
    await guest.page.route(`${site.url}/status/**`, (route) => route.abort());
    await launched(guest, site.url, `${site.url}/fhir`, site.smart.launch({ patient: there() }));
    expect(await guest.page.locator('#news').textContent()).toBe('The pump adapter could not be reached.');
    await guest.page.unroute(`${site.url}/status/**`);
    await guest.page.getByRole('button', { name: 'Read again' }).click();
    await guest.page.waitForSelector('.status');
    expect(await doseShown()).toBe('100\u00a0mcg/day');
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('shows whose record is open where the EHR needs it (%s)', async (needPatientBanner, count) => {
    const launch = site.smart.launch({ patient: there(), needPatientBanner });
    await launched(guest, site.url, site.smart.fhirBaseUrl, launch);
    expect(await guest.page.locator('.patient').count()).toBe(count);
    const told = await guest.page.locator('.patient').allTextContents();
    expect(told.join()).toBe(count === 0 ? '' : 'Rosalind Sample 1born 18 Apr 2012record number MRN0208');
  });

  describe('where the open record tells another birth date than the pump’s reports', () => {
    const bornThere = async (birthDate: string) => {
      const [held] = (site.hospital.resources('Patient') as Patient[]).filter(({ id }) => id === there());
      await site.hospital.addPatients([{ ...(held as Patient), birthDate }]);
    };
    const launchedThere = () =>
      launched(guest, site.url, site.hospital.baseUrl, site.hospital.launch({ patient: there() }));

    afterEach(() => bornThere('2012-04-18'));

    it('says on the page and on the card that it may be two people, before anything else', async () => {
      await bornThere('2012-04-19');
      await launchedThere();
      const words =
        'THIS MAY BE TWO PEOPLE. The open record says born 19 Apr 2012, the pump’s reports say born 18 Apr 2012. Establish whose pump this is before using anything below.';
      expect(await guest.page.locator('main [role=alert]').allTextContents()).toEqual([words]);
      expect(await guest.page.evaluate("document.querySelector('main > div').firstElementChild.className")).toBe(
        'mix-up',
      );
      expect(await accessibilityFaults(guest)).toEqual([]);
      await shot(guest.page, 'page-mix-up.png');
      await guest.page.getByRole('link', { name: 'Emergency card to print' }).click();
      expect(await guest.page.locator('.card [role=alert]').allTextContents()).toEqual([words]);
    });

    it.each(['2012', '2012-04', '2012-04-18'])('but fits (%s) says nothing of the kind', async (birthDate) => {
      await bornThere(birthDate);
      await launchedThere();
      expect(await guest.page.locator('.mix-up').count()).toBe(0);
    });
  });

  describe('what the plan leaves open', () => {
    const ofRecord = /\/fhir\/(AllergyIntolerance|CareTeam|MedicationRequest)\b/;
    const lists = () => guest.page.locator('.in-record');
    const shown = async () => {
      await lists().locator('.fact, .missing').first().waitFor();
      const words = await lists().locator('.fact, .missing').allInnerTexts();
      return words.map((text) =>
        text.replaceAll(/\s+/g, ' ').replaceAll(/\d{1,2} \w{3} 20\d\d(, \d\d:\d\d CES?T)?/g, 'TIME'),
      );
    };
    const patient = () => site.patientOf(unplanned).there;
    const launchedWith = () =>
      launched(guest, site.url, site.hospital.baseUrl, site.hospital.launch({ patient: patient() }));

    it('is told as not found where the hospital’s record answers with nothing, with the time', async () => {
      await launchedWith();
      const none = 'None found in the hospital’s record, TIME.';
      const noneBeside = 'None found in the hospital’s record beside what the pump adapter wrote there, TIME.';
      expect([await recordOf(), await shown()]).toEqual([
        'adapter',
        [
          `Rescue drugs: what is ordered as needed ${noneBeside}`,
          `Allergies ${none}`,
          `Current medication ${noneBeside}`,
          `Care team ${none}`,
        ],
      ]);
    });

    it('is read from the hospital’s record apart from the plan, and never on the card', async () => {
      await writeThere(patient());
      await launchedWith();
      expect(await shown()).toEqual([
        'Rescue drugs: what is ordered as needed Diazepam 5 mg, rectally (ordered as needed)',
        'Allergies Penicillin (high criticality; hives)',
        'Current medication Diazepam 5 mg, rectally (ordered as needed)',
        'Care team Nurse Example, pump nurse',
      ]);
      expect(await lists().locator('h3').textContent()).toMatch(
        /^In the hospital’s record, \d{1,2} \w{3} 20\d\d, \d\d:\d\d CES?T$/,
      );
      expect([await accessibilityFaults(guest), guest.complaints]).toEqual([[], []]);
      await shot(guest.page.locator('#emergency'), 'page-in-record.png');
      await guest.page.getByRole('link', { name: 'Emergency card to print' }).click();
      const card = (await guest.page.locator('.card').textContent()) ?? '';
      expect(card).toContain('Allergies');
      expect(card).not.toMatch(/Penicillin|Diazepam|Nurse Example/);
    });

    it('is not supplied where the record refuses it, and never told as none', async () => {
      await guest.page.route(ofRecord, (route) => route.abort());
      await launchedWith();
      expect(await shown()).toEqual([
        'Not supplied by the hospital’s record: Rescue drugs: what is ordered as needed; Allergies; Current medication; Care team.',
      ]);
    });

    it('by a plan that says everything is not asked for', async () => {
      await launched(guest, site.url, site.hospital.baseUrl, site.hospital.launch({ patient: there() }));
      expect(await lists().count()).toBe(0);
      expect(guest.asked.filter((one) => ofRecord.test(one))).toEqual([]);
    });

    it('is not asked of anybody where the token is for the adapter', async () => {
      await launched(guest, site.url, `${site.url}/fhir`, site.smart.launch({ patient: patient() }));
      expect([await recordOf(), await lists().count()]).toEqual(['adapter', 0]);
    });
  });

  /** As the hospital’s staff would. */
  async function writeThere(patient: string): Promise<void> {
    const scope = 'patient/*.cruds';
    const token = await site.hospital.issueAppToken({ clientId: 'staff', scope, patient });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' };
    for (const resource of aroundThePump(patient)) {
      const address = `${site.hospital.baseUrl}/${resource.resourceType}`;
      const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(resource) });
      expect(response.status, await response.text()).toBe(201);
    }
  }

  it('wears the look of the EHR on the screen', async () => {
    const styled = guest.page.waitForResponse((response) => response.url().endsWith('/style.json'));
    await launched(guest, site.url, site.hospital.baseUrl, site.hospital.launch({ patient: there() }));
    await styled;
    await guest.page.waitForFunction('document.adoptedStyleSheets.length === 1');
    const paper = () => guest.page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    expect(await paper()).toBe('rgb(251, 250, 247)');
    await guest.page.emulateMedia({ media: 'print' });
    expect(await paper()).toBe('rgb(255, 255, 255)');
  });
});

function aroundThePump(patient: string): Resource[] {
  const reference = { reference: `Patient/${patient}` };
  const refuted = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification', code: 'refuted' }],
  };
  const active = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  };
  return [
    {
      ...{ resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: reference },
      medicationCodeableConcept: { text: 'Diazepam 5 mg' },
      dosageInstruction: [{ text: 'rectally', asNeededBoolean: true }],
    },
    {
      ...{ resourceType: 'MedicationRequest', status: 'stopped', intent: 'order', subject: reference },
      medicationCodeableConcept: { text: 'Tizanidine' },
    },
    {
      ...{ resourceType: 'AllergyIntolerance', patient: reference, clinicalStatus: active, criticality: 'high' },
      ...{ code: { text: 'Penicillin' }, reaction: [{ manifestation: [{ text: 'hives' }] }] },
    },
    {
      ...{
        resourceType: 'AllergyIntolerance',
        patient: reference,
        clinicalStatus: active,
        verificationStatus: refuted,
      },
      code: { text: 'Latex' },
    },
    {
      ...{ resourceType: 'CareTeam', status: 'active', subject: reference },
      participant: [{ member: { display: 'Nurse Example' }, role: [{ text: 'pump nurse' }] }],
    },
  ];
}
