import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, browser, formTokenIn, type Page } from '../../auth/browser.ts';
import { refill } from '../../http/sample-events.ts';
import { startTestService } from '../../http/test-service.ts';
import { type Account, complicationNote, type ReviewSite, startReviewSite, wordsOf } from './review-site.ts';

const mrn = 'MRN-SECRET-7';
const hl7 = 'x-application/hl7-v2+er7';
const json = 'application/json';

let site: ReviewSite;
const signedInAs = new Map<Account, Browser>();
beforeAll(async () => {
  site = await startReviewSite(mrn, { destinations: [] });
  for (const account of ['vera', 'otto', 'mia', 'ada', 'alan'] as const) {
    signedInAs.set(account, await site.signedIn(account));
  }
});
afterAll(() => site.close());

const by = (account: Account): Browser => signedInAs.get(account) as Browser;
const see = (account: Account, path = ''): Promise<Page> => by(account).get(`${site.url}/admin/review${path}`);
const audits = (action: string) =>
  site.app.store.db.selectFrom('audit').selectAll().where('action', '=', action).orderBy('seq').execute();

/** Presses a button as this person, from the page that it stands on. */
async function press(account: Account, from: string, to: string, form: Record<string, string> = {}): Promise<Page> {
  const page = await see(account, from);
  return by(account).post(`${site.url}/admin/review${to}`, { ...form, formToken: formTokenIn(page) });
}

const refuse = async (eventId: string, flaw: object = { fil: 1 }): Promise<number> => {
  const event = { ...refill(eventId), patient: { identifier: { system: 'urn:oid:1.2', value: mrn } }, ...flaw };
  await site.send('/events', json, JSON.stringify({ ...event, test: true }));
  const rows = site.app.store.db.selectFrom('review_item').select('id').where('event_id', '=', eventId);
  return (await rows.executeTakeFirstOrThrow()).id;
};

describe('who may see what', () => {
  it('somebody without a session is sent to sign in', async () => {
    const answer = await browser().request(`${site.url}/admin/review/1`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in?return=%2Fadmin%2Freview%2F1']);
  });

  it('a viewer sees problems, and nothing of what was sent', async () => {
    const id = await refuse('SEEN-1');
    const list = await see('vera');
    expect(wordsOf(list)).toContain(`Item ${id} open, held back field-unknown This field is not part of the event fil`);
    const page = await see('vera', `/${id}`);
    expect(page.status).toBe(200);
    expect(wordsOf(page)).toContain('What was sent is seen by operators only.');
    for (const hidden of [mrn, 'SEEN-1', 'name="reason"']) expect(page.text).not.toContain(hidden);
    expect(list.text).not.toContain('SEEN-1');
  });

  it('an operator sees what was sent with the field marked, and the audit who saw it', async () => {
    const id = await refuse('SEEN-2');
    const before = (await audits('access')).length;
    const page = await see('otto', `/${id}`);
    expect(page.text).toContain('<mark class="exact"><span class="hidden">faulty: </span>&quot;fil&quot;: 1</mark>');
    expect(page.text).toContain(mrn);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const [look] = (await audits('access')).slice(before);
    expect(look).toMatchObject({ actor: expect.any(String), outcome: '2xx', tenant: 'default' });
    expect(JSON.parse(look?.detail ?? '')).toMatchObject({
      operation: 'review-message',
      query: `item=${id}`,
      subject: 'otto',
    });
  });

  it.each([
    ['vera', '/retry'],
    ['vera', '/1/retry'],
    ['vera', '/1/dismiss'],
    ['otto', '/1/map'],
    ['mia', '/proposals'],
    ['mia', '/purge'],
  ] as const)('%s may not POST %s', async (account, path) => {
    const page = await press(account, '', path, { reason: 'x' });
    expect([page.status, wordsOf(page)]).toEqual([
      403,
      expect.stringContaining('Your role at this clinic does not include this.'),
    ]);
  });

  it('what no page of ours sent changes nothing', async () => {
    const id = await refuse('FORGED');
    const { formToken, origin } = { formToken: formTokenIn(await see('otto')), origin: 'https://evil.example' };
    const url = `${site.url}/admin/review/${id}/dismiss`;
    const without = await by('otto').post(url, { reason: 'x' });
    const from = await by('otto').post(url, { reason: 'x', formToken }, { origin, 'sec-fetch-site': 'cross-site' });
    expect([without.status, from.status]).toEqual([403, 403]);
    expect(wordsOf(await see('otto', `/${id}`))).toContain('State open, held back');
  });

  it('an item of the other environment, of nobody, or of no number is not found', async () => {
    await site.send('/events', json, JSON.stringify({ ...refill('LIVE-1'), test: undefined, fil: 1 }));
    const live = await site.app.store.db
      .selectFrom('review_item')
      .select('id')
      .where('environment', '=', 'live')
      .executeTakeFirstOrThrow();
    for (const path of [`/${live.id}`, '/999999', '/abc', '?stage=nowhere']) {
      expect((await see('ada', path)).status).toBe(404);
    }
  });
});

describe('deciding', () => {
  it('dismisses with a reason, which stands with the item and in the audit', async () => {
    const id = await refuse('DISMISSED-1');
    const page = await press('otto', `/${id}`, `/${id}/dismiss`, { reason: 'sent twice by <the engine>' });
    expect(page.url).toBe(`${site.url}/admin/review/${id}`);
    expect(wordsOf(page)).toContain('It is closed. What it is about stays as it is.');
    expect(wordsOf(page)).toContain('State dismissed');
    expect(page.text).toContain('Dismissed by otto, done: sent twice by &lt;the engine&gt;');
    const [audit] = (await audits('review-dismiss')).slice(-1);
    expect([audit?.actor, JSON.parse(audit?.detail ?? '').reason]).toEqual(['otto', 'sent twice by <the engine>']);
    // Told once.
    expect(wordsOf(await see('otto', `/${id}`))).not.toContain('It is closed.');
  });

  it('takes no dismissal without a reason', async () => {
    const id = await refuse('DISMISSED-2');
    expect((await press('otto', `/${id}`, `/${id}/dismiss`, { reason: '  ' })).status).toBe(404);
    expect(wordsOf(await see('otto', `/${id}`))).toContain('State open');
  });

  it('tries a whole list again, and says what came of it', async () => {
    await refuse('AGAIN-1', { extraa: 1 });
    const page = await press('otto', '?code=field-unknown', '/retry?code=field-unknown');
    expect(wordsOf(page)).toMatch(/\d+ tried again: 0 went through, \d+ were refused again\./);
  });

  it('narrows a list by its address, and by words that stay out of it', async () => {
    const id = await refuse('WORDS-1', { fill: { volumeMl: -1, concentrationUgPerMl: 2000 } });
    expect((await see('otto', '?code=field-range')).text).toContain(`Item ${id}<`);
    expect((await see('otto', '?code=event-conflict')).text).not.toContain(`Item ${id}<`);
    const found = await press('otto', '?stage=intake', '/find?stage=intake', { words: 'NOT PART of' });
    expect(found.url).toBe(`${site.url}/admin/review?stage=intake`);
    expect(found.text).not.toContain(`Item ${id}<`);
    expect(wordsOf(found)).toContain('saying “NOT PART of”');
    const all = await press('otto', '', '/find', { clear: 'yes', words: 'NOT PART of' });
    expect(all.text).toContain(`Item ${id}<`);
  });
});

describe('dismissing many', () => {
  const proposalIn = ({ text }: Page): string => /proposals\/(\d+)\/confirm/.exec(text)?.[1] ?? '';

  it('takes two, and leaves alone what came after the proposal', async () => {
    const ids = [await refuse('BULK-1', { type: 'refil' }), await refuse('BULK-2', { type: 'refil' })];
    const list = '?code=event-type-unknown';
    const proposed = await press('ada', list, `/proposals${list}`, { reason: 'an old version of the engine' });
    expect(wordsOf(proposed)).toContain('2 items are proposed to be dismissed. Another administrator has to agree.');
    expect(proposalIn(proposed)).toBe('');
    const later = await refuse('BULK-3', { type: 'refil' });
    const offered = await see('alan');
    const id = proposalIn(offered);
    expect(wordsOf(offered)).toContain('Proposed by ada');
    expect(wordsOf(await press('ada', '', `/proposals/${id}/confirm`))).toContain(
      'Somebody else has to agree with your proposal.',
    );
    expect(wordsOf(await press('alan', '', `/proposals/${id}/confirm`))).toContain('2 items are dismissed.');
    for (const each of ids) {
      const words = wordsOf(await see('ada', `/${each}`));
      expect(words).toContain('State dismissed');
      expect(words).toContain('Closed by ada, alan Reason an old version of the engine');
    }
    expect(wordsOf(await see('ada', `/${later}`))).toContain('State open');
    expect(wordsOf(await press('alan', '', `/proposals/${id}/confirm`))).toContain('This proposal is decided already.');
    const [audit] = await audits('review-bulk-dismiss');
    expect([audit?.actor, JSON.parse(audit?.detail ?? '')]).toEqual([
      'alan',
      {
        environment: 'test',
        proposal: Number(id),
        proposedBy: 'ada',
        count: 2,
        reason: 'an old version of the engine',
      },
    ]);
  });

  it('is withdrawn by whoever proposed it', async () => {
    const item = await refuse('BULK-4', { schemaVersion: 9 });
    const list = '?code=event-version-unknown';
    await press('ada', list, `/proposals${list}`, { reason: 'a mistake' });
    const id = proposalIn(await see('alan'));
    expect(wordsOf(await press('ada', '', `/proposals/${id}/withdraw`))).toContain('The proposal is withdrawn.');
    expect(wordsOf(await press('alan', '', `/proposals/${id}/confirm`))).toContain('This proposal is decided already.');
    expect(wordsOf(await see('ada', `/${item}`))).toContain('State open');
  });
});

describe('the code tables of a site', () => {
  const table = () => join(site.folder, '.itb-fhir', 'mappings', 'conceptmaps', 'source-complication.json');
  const note = (document: string, code: string) =>
    site.send('/hl7v2', hl7, complicationNote(mrn, { code, display: 'x', document }));
  const newest = async (): Promise<number> => {
    const { id } = await site.app.store.db
      .selectFrom('review_item')
      .select((select) => select.fn.max('id').as('id'))
      .executeTakeFirstOrThrow();
    return Number(id);
  };
  const row = { of: '0', code: 'BENT-TUBE', equivalence: 'wider', reason: 'asked the ward' };
  const target = 'https://w3id.org/itb-fhir/CodeSystem/itb-complication|catheter-kink';

  it('take a code from the page, which counts at once; nothing but a code of the list', async () => {
    await note('NOTE-1', 'bent-tube');
    const id = await newest();
    const other = await press('mia', `/${id}`, `/${id}/map`, { ...row, target: 'http://snomed.info/sct|1' });
    expect(wordsOf(other)).toContain('Choose a code of the list: nothing else can be sent to a hospital.');
    // The same form sent twice: by then another code of the message may stand in the place of the first.
    const moved = await press('mia', `/${id}`, `/${id}/map`, { ...row, target, code: 'KINKED-TUBE' });
    expect(wordsOf(moved)).toContain('This item waits for no such code any more.');
    expect((await see('mia', `/${id}`)).text).toContain('<input type="hidden" name="code" value="BENT-TUBE">');
    const page = await press('mia', `/${id}`, `/${id}/map`, { ...row, target });
    expect(wordsOf(page)).toContain('The code is in the table of this site now.');
    expect(JSON.parse(await readFile(table(), 'utf8'))).toMatchObject({
      url: 'https://w3id.org/itb-fhir/ConceptMap/source-complication',
      group: [{ element: [{ code: 'BENT-TUBE', target: [{ code: 'catheter-kink', equivalence: 'wider' }] }] }],
    });
    expect(await readFile(table(), 'utf8')).toMatch(/asked the ward \(mia, \d{4}-\d\d-\d\d\)/);
    const [audit] = await audits('code-mapped');
    expect([audit?.actor, audit?.outcome]).toEqual(['mia', 'done']);
  });

  it('that were edited into nonsense are refused with their path, and what was read before stays', async () => {
    await note('NOTE-2', 'odd-thing');
    const id = await newest();
    const path = join(site.folder, '.itb-fhir', 'mappings', 'conceptmaps', 'broken.json');
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, '{"resourceType": "ConceptMap"}');
    const page = await press('otto', `/${id}`, `/${id}/retry`);
    expect(wordsOf(page)).toContain(`A table cannot be used as it was edited. ${path}`);
    expect(await (await note('NOTE-3', 'catheter-kink')).text()).toContain('MSA|AA');
    await writeFile(path, '{"resourceType": "ConceptMap", "id": "own", "url": "https://example.org/own", "group": []}');
    expect(wordsOf(await press('otto', `/${id}`, `/${id}/retry`))).toContain('It is refused again.');
  });
});

it('without a sign-in is open to this machine alone, and says so; nobody dismisses in bulk', async () => {
  const open = await startTestService({ people: { environment: 'test' } });
  await open.post({ ...refill('OPEN-1'), fil: 1 });
  const page = await browser().get(`${open.url}/admin/review`);
  expect(wordsOf(page)).toContain('Open to this machine only, nobody is signed in.');
  expect(wordsOf(page)).toContain('Item 1');
  expect(page.text).not.toContain('Propose to dismiss');
  const elsewhere = await fetch(`${open.url}/admin/review`, { headers: { 'x-forwarded-for': '10.0.0.1' } });
  expect(elsewhere.status).toBe(421);
  await open.close();
});
