import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formTokenIn } from '../../auth/browser.ts';
import { type BoardService, startBoardService } from './board-service.ts';
import { lineOf, listed, numbers, tellClinic, write } from './listing.ts';

let service: BoardService;
let ids: ReadonlyMap<string, string>;
beforeAll(async () => {
  service = await startBoardService({ therapy: { siteTimeZone: 'Europe/Zurich' } });
  ids = await tellClinic(service);
});
afterAll(() => service.close());

describe('what a clinic notes', () => {
  it('stands on the board, with who wrote it, and is written down without its words', async () => {
    const { visitor, page } = await service.signedIn('nora');
    const saved = await write(service, { visitor, page }, ids.get('STABLE'), {
      ...{ owner: 'Nora', bookedFor: '2024-11-19', note: '=HYPERLINK("x") <i>mornings</i>', version: '0' },
    });
    expect([saved.status, saved.url]).toEqual([200, `${service.url}/board/patients/${ids.get('STABLE')}`]);
    expect(lineOf(await listed(service, visitor), 'STABLE')).toMatchObject({
      ...{ owner: 'Nora', bookedFor: '2024-11-19', bookingPast: true, note: '=HYPERLINK("x") <i>mornings</i>' },
      ...{ noteVersion: 1, noteChangedBy: 'Nora Nurse', noteChangedAt: '2024-11-20T12:00:00Z' },
    });
    expect((await listed(service, visitor)).counts['booking-past']).toBe(1);
    expect(numbers(await listed(service, visitor, '?state=booking-past'))).toEqual(['STABLE']);
    const { text } = await visitor.get(`${service.url}/board?sort=booked`);
    expect(text).toContain('That day has gone by; no refill was reported since.');
    expect(text).toContain('&lt;i&gt;mornings&lt;/i&gt;');
    const rows = await service.app.store.db
      .selectFrom('audit')
      .selectAll()
      .where('action', '=', 'board-note')
      .execute();
    expect(rows.map(({ actor, outcome, detail }) => ({ actor, outcome, detail: JSON.parse(detail) }))).toEqual([
      {
        ...{ actor: 'nora', outcome: 'done' },
        detail: {
          ...{ environment: 'test', patient: ids.get('STABLE'), version: 1 },
          holds: ['owner', 'note', 'bookedFor'],
        },
      },
    ]);
  });

  it('is never overwritten unseen: of two who write, the second is shown both', async () => {
    const nora = await service.signedIn('nora');
    const otto = await service.signedIn('otto');
    const address = `${service.url}/board/patients/${ids.get('SOON')}`;
    const both = await Promise.all([nora, otto].map(({ visitor }) => visitor.get(address)));
    expect(both.map(({ text }) => /name="version" value="(\d+)"/.exec(text)?.[1])).toEqual(['0', '0']);
    const first = { owner: 'Nora', bookedFor: '2024-12-02', note: '', version: '0' };
    expect((await write(service, nora, ids.get('SOON'), first)).status).toBe(200);
    const second = { owner: 'Otto', bookedFor: '', note: 'call first', version: '0' };
    const refused = await write(service, otto, ids.get('SOON'), second);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('Nothing was saved: Nora Nurse changed this meanwhile.');
    const cells = [...refused.text.matchAll(/<td>(.*?)<\/td><td>(.*?)<\/td>/g)].map(([, theirs, yours]) => [
      theirs,
      yours,
    ]);
    expect(cells).toEqual([
      ['Nora', 'Otto'],
      ['2024-12-02', 'nothing'],
      ['nothing', 'call first'],
    ]);
    expect(refused.text).toContain('name="version" value="1"');
    expect(lineOf(await listed(service, otto.visitor), 'SOON')).toMatchObject({ owner: 'Nora', noteVersion: 1 });
    expect((await write(service, otto, ids.get('SOON'), { ...second, version: '1' })).status).toBe(200);
    expect(lineOf(await listed(service, otto.visitor), 'SOON')).toMatchObject({
      ...{ owner: 'Otto', bookedFor: null, note: 'call first', noteVersion: 2, noteChangedBy: 'Otto Office' },
    });
  });

  it('finds the patients of one owner', async () => {
    const { visitor, page } = await service.signedIn('nora');
    await write(service, { visitor, page }, ids.get('PAST'), { owner: 'Paula', bookedFor: '', note: '', version: '0' });
    const found = await visitor.post(`${service.url}/board/find`, {
      ...{ formToken: formTokenIn(page), recordNumber: '', owner: 'Paula' },
    });
    expect(found.text).toContain('Only patients looked after by Paula below.');
    expect(found.text).toContain('<option value="Paula" selected>Paula</option>');
    expect(numbers(await listed(service, visitor))).toEqual(['PAST']);
    expect((await listed(service, visitor)).counts).toMatchObject({ all: 1, 'past-due-date': 1 });
  });

  it('is not for viewers to write', async () => {
    const { visitor, page } = await service.signedIn('vera');
    const answer = await write(service, { visitor, page }, ids.get('LATE'), {
      owner: 'Vera',
      bookedFor: '',
      note: '',
      version: '0',
    });
    expect(answer.status).toBe(403);
    const seen = await visitor.get(`${service.url}/board/patients/${ids.get('LATE')}`);
    expect(seen.status).toBe(200);
    expect(seen.text).not.toContain('<textarea');
    expect(seen.text).not.toContain('Report a refill');
  });

  it.each([
    [{ bookedFor: '2024-02-30' }],
    [{ bookedFor: 'soon' }],
    [{ note: 'x'.repeat(2001) }],
    [{ owner: 'x'.repeat(121) }],
    [{ version: '-1' }],
    [{ version: `${Number.NaN}` }],
  ])('is not saved with %o', async (over) => {
    const { visitor, page } = await service.signedIn('nora');
    const form = { owner: '', bookedFor: '', note: '', version: '0', ...over };
    expect((await write(service, { visitor, page }, ids.get('UNKNOWN'), form)).status).toBe(400);
    expect(lineOf(await listed(service, visitor), 'UNKNOWN').noteVersion).toBe(0);
  });

  it('is of nobody where the clinic has no such patient', async () => {
    const { visitor } = await service.signedIn('nora');
    const page = await visitor.get(`${service.url}/board/patients/${crypto.randomUUID()}`);
    expect([page.status, page.text.includes('This clinic’s board has no such patient.')]).toEqual([404, true]);
  });
});
