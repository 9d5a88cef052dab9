import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PumpStatus } from '../../src/views/pump-status/status-schema.ts';
import { storyText } from '../http/test-service.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { type PageSite, startPageSite } from './page-site.ts';
import { factsIn, knownFacts, shownFacts } from './shown-facts.ts';
import {
  accessibilityFaults,
  desktop,
  type Look,
  launched,
  newcomer,
  pagesIn,
  phone,
  seenAs,
  shot,
  type Visitor,
} from './visitor.ts';

const stories = [
  'missed-refill-and-withdrawal',
  'infection-explant-and-reimplant',
  'flex-and-kinked-catheter',
] as const;
type Story = (typeof stories)[number];
const planned: Story = 'infection-explant-and-reimplant';

describe.skipIf(chromiumPath === undefined)('what the page shows', () => {
  let site: PageSite;
  let browser: Browser;

  beforeAll(async () => {
    [site, browser] = await Promise.all([startPageSite(stories), startChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  const guests = new Map<Story, Promise<Visitor>>();

  /** Launched at our own base, once a story. */
  async function guestOf(story: Story): Promise<Visitor> {
    const guest = await newcomer(browser);
    const launch = site.smart.launch({ patient: site.patientOf(story).there });
    await launched(guest, site.url, `${site.url}/fhir`, launch);
    return guest;
  }

  /** Loaded anew for each test; `status` is what the API said to the page. */
  async function shown(story: Story, look: Look = {}) {
    const guest = await guests.getOrInsertComputed(story, () => guestOf(story));
    const { page } = guest;
    await seenAs(guest, look);
    const answered = page.waitForResponse((response) => /\/status\/[^/]+$/.test(response.url()));
    await page.goto(`${site.url}/app/`);
    const status = (await (await answered).json()) as PumpStatus;
    await page.waitForSelector('.status');
    return { guest, page, status };
  }

  async function toCard({ page }: Visitor): Promise<void> {
    await page.getByRole('link', { name: 'Emergency card to print' }).click();
    await page.waitForSelector('.card');
  }

  it.each(stories)('is what the API answers, number by number (%s)', async (story) => {
    const { page, status } = await shown(story);
    const facts = await shownFacts(page);
    const answered = factsIn(status);
    expect(facts.map(({ name, value, method }) => [name, value, method])).toEqual(
      facts.map(({ name }) => [name, answered.get(name)?.value, answered.get(name)?.method]),
    );
    const names = new Set(facts.map(({ name }) => name));
    expect(knownFacts(status).filter((name) => !names.has(name))).toEqual([]);
    expect(await page.locator('.banner').getAttribute('data-urgency')).toBe(status.banner.urgency);
  });

  it('writes each number with its unit as people read it', async () => {
    const { page, status } = await shown('flex-and-kinked-catheter');
    const written = async (name: string) => page.locator(`[data-fact="${name}"] .value`).first().textContent();
    const [pump] = status.pumps;
    expect([
      await written('pumps.0.programme.doseUgPerDay'),
      await written('pumps.0.programme.concentrationUgPerMl'),
      await written('pumps.0.refill.measuredResidualMl'),
      await written('pumps.0.refill.last'),
      await written('pumps.0.implanted'),
    ]).toEqual([
      '180\u00a0mcg/day',
      '2,000\u00a0mcg/mL',
      '6.2\u00a0mL',
      '26 Mar 2024, 11:00 CET',
      '18 Apr 2023, 11:30 CEST',
    ]);
    expect(pump?.programme.concentrationUgPerMl.value).toBe(2000);
  });

  it('says each reason of its urgency, that it is no alarm system, and how old the newest report is', async () => {
    const { page, status } = await shown('missed-refill-and-withdrawal');
    const banner = (await page.locator('.banner').textContent()) ?? '';
    expect(status.banner.reasons.length).toBeGreaterThan(0);
    for (const { words } of status.banner.reasons) expect(banner).toContain(words);
    expect(banner).toContain(`, ${status.dataAsOf.ageDays?.toLocaleString('en-US')} days before`);
    expect(await page.locator('header').textContent()).toContain('Not an alarm or monitoring system.');
  });

  it('tells the source of each value on demand', async () => {
    const { page } = await shown('flex-and-kinked-catheter');
    const source = page.locator('[data-fact="pumps.0.programme.doseUgPerDay"] .source');
    expect(await source.isVisible()).toBe(false);
    const toggle = page.getByRole('button', { name: 'Show the source of each value' });
    await toggle.click();
    expect([await source.isVisible(), await toggle.getAttribute('aria-pressed')]).toEqual([true, 'true']);
    expect(await source.textContent()).toBe('Source: Dose change, urn:oid:2.16.840.1.113883.19.5.1, J03-E14');
  });

  it('draws each chart, says in words what it shows, and gives its numbers as a table', async () => {
    const { page } = await shown('flex-and-kinked-catheter');
    await page.waitForSelector('#doses svg[role="img"]');
    const words = await page.locator('#doses .words').textContent();
    expect(words).toBe(
      'Programmed daily dose 150\u00a0mcg/day from 18 Apr 2023 and 180\u00a0mcg/day from 24 Nov 2023; 5 changes, highest 210\u00a0mcg/day.',
    );
    expect(await page.locator('#doses svg').getAttribute('aria-label')).toBe(words);
    await page.getByText('Dose history: the numbers').click();
    expect(await page.locator('#doses tbody tr').count()).toBe(6);
    expect(await page.locator('#doses tbody tr').last().locator('td').nth(2).textContent()).toBe('150\u00a0mcg/day');
  });

  describe.each([
    ['phone', 'light', phone],
    ['phone', 'dark', phone],
    ['desktop', 'light', desktop],
    ['desktop', 'dark', desktop],
  ] as const)('on a %s, %s', (name, colorScheme, viewport) => {
    it.each([
      ['missed-refill-and-withdrawal', 'status'],
      [planned, 'status'],
      [planned, 'card'],
    ] as const)('has no fault that axe-core finds, and breaks no rule of its own (%s, %s)', async (story, what) => {
      const { guest, page } = await shown(story, { viewport, colorScheme });
      if (what === 'card') await toCard(guest);
      else await page.waitForSelector('#doses svg');
      expect([await accessibilityFaults(guest), guest.complaints]).toEqual([[], []]);
      await shot(page, `page-${what}-${story}-${name}-${colorScheme}.png`, { fullPage: true });
    });
  });

  it('flows into 320 pixels without scrolling sideways', async () => {
    const { page } = await shown('missed-refill-and-withdrawal', { viewport: { width: 320, height: 640 } });
    await page.waitForSelector('#doses svg');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  it('lets the keyboard skip to the status', async () => {
    const { page } = await shown(planned);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the pump’s status');
    await page.keyboard.press('Enter');
    expect([await page.evaluate('document.activeElement.id'), await page.locator('.status').count()]).toEqual([
      'main',
      1,
    ]);
  });

  describe('the emergency card', () => {
    const doubt = 'As programmed. What reaches the patient is not known.';

    it('holds what was reported and signed, by whom and when, the doubt beside delivery, and nothing calculated', async () => {
      const { guest, page, status } = await shown(planned);
      await toCard(guest);
      const lines = await page
        .locator('.card dl > div')
        .evaluateAll((all) => all.map((line) => [...line.children].map(({ textContent }) => textContent)));
      expect(lines).toEqual([
        ['Name', '(write by hand)'],
        ['Born', '18 Apr 2012'],
        ['Record number', 'MRN0208'],
        ['Test data', 'Nobody real is meant.'],
        ['Drug', 'Baclofen Reported 16 Jul 2024'],
        ['Concentration', '1,000\u00a0mcg/mL Reported 16 Jul 2024'],
        ['Daily dose', '100\u00a0mcg/day Reported 16 Jul 2024'],
        ['Mode', 'Simple continuous Reported 16 Jul 2024'],
        ['Delivery', `Running Reported 16 Jul 2024 ${doubt}`],
        ['Emergency contact', 'pump clinic on call +1-555-0123'],
        ['Emergency plan', 'go to the emergency department and call the clinic'],
        ['Rescue drugs', 'oral baclofen 10 mg'],
        ['Allergies', 'latex'],
        ['Fever', 'call the clinic for any fever above 38.5 Cel'],
        ['Signs of withdrawal', 'itching without rashrising tone'],
        ['Signs of overdose', 'drowsiness'],
        ['Restrictions', 'no contact sport (until 1 Oct 2024)'],
        ['Current medication', 'diazepam 2 mg at night'],
        ['Pump', 'Medtronic 8637-40'],
        ['Serial number', 'NGP650009H Reported 16 Jul 2024'],
        ['Implanted', '16 Jul 2024 Reported 16 Jul 2024'],
        ['Pocket', 'right lower quadrant of abdomen Reported 16 Jul 2024'],
        ['Catheter', 'Medtronic 8780'],
        ['Catheter tip', 'T6'],
        ['MRI', 'MR status not established: ask the manufacturer and radiology.'],
      ]);
      const text = (await page.locator('.card').textContent()) ?? '';
      expect(text).toContain('Care plan by pump clinic, signed 18 Jul 2024, review 18 Jul 2025.');
      expect(text).toMatch(/Printed at \d{1,2} \w{3} \d{4}, \d{2}:\d{2} CES?T \(Europe\/Berlin\)/);
      expect(status.pumps[0]?.refillPlan.alarmDate.calculated.method).toBe('calculated');
      expect(text).not.toMatch(/calculat|7 Jul 2025|12 Jan 2025/i);
    });

    it('says loudly what is missing: the contact, and that no plan was signed', async () => {
      const { guest, page } = await shown('missed-refill-and-withdrawal');
      await toCard(guest);
      expect(await page.locator('.card .loud').allTextContents()).toEqual([
        'Emergency contactNO CONTACT SUPPLIED. ASK THE PUMP CLINIC.',
      ]);
      expect(await page.locator('.card footer').textContent()).toContain('NO SIGNED CARE PLAN RECORDED.');
    });

    it.each(['A4', 'Letter'] as const)('is one page of %s, whatever the screen shows', async (format) => {
      for (const options of [{ viewport: phone, colorScheme: 'dark' as const }, { viewport: desktop }]) {
        const { guest, page } = await shown(planned, options);
        await toCard(guest);
        expect(pagesIn(await page.pdf({ format }))).toBe(1);
      }
    });

    it.each(['A4', 'Letter'] as const)(
      'of a long care plan and a programme by time of day is one page of %s',
      async (format) => {
        const [first = ''] = (await storyText('flex-and-kinked-catheter')).split('\n');
        const body = JSON.stringify({ ...(JSON.parse(first) as LongPlan), ...longPlan });
        const headers = { 'content-type': 'application/json' };
        expect((await fetch(`${site.url}/events`, { method: 'POST', headers, body })).ok).toBe(true);
        const { guest, page } = await shown('flex-and-kinked-catheter');
        await toCard(guest);
        expect(await page.locator('.card').textContent()).toContain('oral baclofen 10 mg, 4');
        expect(pagesIn(await page.pdf({ format }))).toBe(1);
      },
    );

    it('is left again by the link back to the status', async () => {
      const { guest, page } = await shown(planned);
      await toCard(guest);
      await page.getByRole('link', { name: 'Back to the status' }).click();
      await page.waitForSelector('.status');
      expect(await page.locator('.card').count()).toBe(0);
    });
  });

  describe('a pump to which something new happened', () => {
    const now = () => Temporal.Now.zonedDateTimeISO('America/Los_Angeles');
    async function told(type: string, eventId: string, hoursAgo: number, fields: object): Promise<void> {
      const lines = (await storyText('missed-refill-and-withdrawal')).trim().split('\n');
      const { program: _, reason: __, ...last } = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
      const occurredAt = now()
        .subtract({ hours: hoursAgo })
        .toString({ smallestUnit: 'second', timeZoneName: 'never' });
      const source = { system: 'urn:oid:2.16.840.1.113883.19.5.1', eventId };
      const body = JSON.stringify({ ...last, type, source, occurredAt, recordedAt: occurredAt, ...fields });
      const headers = { 'content-type': 'application/json' };
      expect((await fetch(`${site.url}/events`, { method: 'POST', headers, body })).ok).toBe(true);
    }
    const cardOf = (page: Visitor['page']) =>
      page.locator('.card dl > div').evaluateAll((all) => all.map((line) => line.textContent));

    it('tells a bridge with the old drug, at a glance and on the card, and the other drugs', async () => {
      await told('refill', 'NEW-1', 3, {
        fill: { volumeMl: 18, concentrationUgPerMl: 1000 },
        program: {
          ...{ mode: 'simple-continuous', drug: 'baclofen', concentrationUgPerMl: 1000, doseUgPerDay: 130 },
          additionalDrugs: [{ name: 'morphine', concentrationUgPerMl: 500 }],
        },
        bridge: { volumeMl: 0.3, durationHours: 60 },
      });
      const { guest, page } = await shown('missed-refill-and-withdrawal');
      const glance = (await page.locator('section[id^="glance-"]').textContent()) ?? '';
      expect(glance).toContain('Bridge: old drug is being cleared since');
      expect(glance).toContain('Bridge ends');
      expect(glance).toContain('Concentration of the old drug2,000\u00a0mcg/mL');
      await toCard(guest);
      const card = await cardOf(page);
      expect(card).toContainEqual(expect.stringMatching(/^Bridgeold drug is being cleared since \d/));
      expect(card).toContainEqual(expect.stringContaining('Old drug2,000\u00a0mcg/mL'));
      expect(card).toContainEqual(expect.stringContaining('Other drugsmorphine 500\u00a0mcg/mL'));
      expect(card.join()).not.toContain('Bridge ends');
    });

    it('that was stopped says so for its dose, at a glance and on the card', async () => {
      await told('pump-stop', 'NEW-2', 1, {});
      const { guest, page } = await shown('missed-refill-and-withdrawal');
      const glance = (await page.locator('section[id^="glance-"]').textContent()) ?? '';
      expect(glance).toMatch(/Daily doseStopped, reported \d{1,2} \w{3,4} \d{4}\./);
      await toCard(guest);
      expect(await cardOf(page)).toContainEqual(expect.stringMatching(/^Daily doseStopped, reported /));
    });
  });
});

type LongPlan = Readonly<Record<'schemaVersion' | 'timeZone' | 'patient' | 'test', unknown>>;

const several = (text: string, count: number) => Array.from({ length: count }, (_, n) => `${text}, ${n + 1}`);

const longPlan = {
  type: 'care-plan',
  source: { system: 'urn:oid:2.16.840.1.113883.19.5.1', eventId: 'LONG-PLAN' },
  ...{ occurredAt: '2024-03-27', recordedAt: '2024-03-27T12:00:00Z' },
  ...{ indication: undefined, origin: undefined, diagnosis: undefined, birthDate: undefined, sex: undefined },
  withdrawalSigns: several('itching without rash', 7),
  overdoseSigns: several('drowsiness', 6),
  restrictions: several('no contact sport', 5).map((text) => ({ text, until: '2027-10-01' })),
  feverProtocol: 'Call the clinic for any fever above 38.5 Cel, day and night, and come in.',
  emergencyPlan: 'Go to the emergency department and call the clinic; take the card and the rescue drugs along.',
  contacts: several('pump clinic on call', 4).map((role) => ({ role, telephone: '+1-555-0123' })),
  prnDrugs: several('oral baclofen 10 mg', 5),
  currentMedication: several('diazepam 2 mg at night', 8),
  allergies: several('latex', 3),
  ...{ author: 'pump clinic', signedDate: '2024-03-27', reviewDate: '2027-03-27' },
};
