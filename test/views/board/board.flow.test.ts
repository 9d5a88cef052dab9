import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formTokenIn } from '../../auth/browser.ts';
import { type BoardService, startBoardService } from './board-service.ts';
import { type Listed, lineOf, listed, numbers, tellClinic } from './listing.ts';
import { clinic, event, implanted, system } from './patients.ts';

let service: BoardService;
let ids: ReadonlyMap<string, string>;
beforeAll(async () => {
  service = await startBoardService({ therapy: { siteTimeZone: 'Europe/Zurich' } });
  ids = await tellClinic(service);
});
afterAll(() => service.close());

describe('the board of a clinic', () => {
  it('counts its patients by where they stand', async () => {
    const { visitor } = await service.signedIn('vera');
    expect((await listed(service, visitor)).counts).toEqual({
      ...{ all: 5, 'past-alarm-date': 1, 'past-due-date': 1, 'due-soon': 1, unknown: 1, 'before-due': 1 },
      ...{ 'no-pump': 1, 'not-heard-of': 0, 'booking-past': 0 },
    });
  });

  it('tells everything of a patient whose alarm day has come, and never that something is so', async () => {
    const { visitor } = await service.signedIn('vera');
    expect(lineOf(await listed(service, visitor), 'LATE')).toEqual({
      patient: ids.get('LATE'),
      recordNumbers: [{ system, value: 'LATE' }],
      state: 'past-alarm-date',
      words:
        'No refill reported since 2024-06-01. By calculation the reservoir would reach the alarm volume on 2024-09-09. A refill elsewhere may be missing. Check the pump with its programmer.',
      dueBy: '2024-09-04',
      dueMethod: 'calculated',
      daysLeft: -77,
      alarmDate: '2024-09-09',
      alarmMethod: 'calculated',
      lastRefill: '2024-06-01',
      lastRefillSetting: null,
      lastRefillPlace: null,
      lastHeardOf: '2024-06-01T10:00:00Z',
      daysSinceHeardOf: 172,
      notHeardOf: false,
      doseUgPerDay: 720,
      dose: '720 mcg/day',
      reportsHeld: 0,
      conflicts: 0,
      owner: null,
      note: null,
      bookedFor: null,
      bookingPast: false,
      noteVersion: 0,
      noteChangedBy: null,
      noteChangedAt: null,
    });
  });

  it.each([
    [
      'PAST',
      'No refill reported since 2024-06-01. It was due by 2024-11-18, by calculation. A refill elsewhere may be missing. Check the pump with its programmer.',
    ],
    ['SOON', 'Due by 2024-11-22, by calculation.'],
    ['STABLE', 'Due by 2024-11-28, by calculation.'],
    ['UNKNOWN', 'When a refill is due is not known: no refill was reported.'],
  ])('says of %s what is known', async (number, words) => {
    const { visitor } = await service.signedIn('vera');
    expect(lineOf(await listed(service, visitor), number).words).toBe(words);
  });

  it.each([
    ['', ['LATE', 'PAST', 'SOON', 'STABLE', 'UNKNOWN']],
    ['?direction=desc', ['STABLE', 'SOON', 'PAST', 'LATE', 'UNKNOWN']],
    ['?sort=alarm&direction=desc', ['STABLE', 'SOON', 'PAST', 'LATE', 'UNKNOWN']],
    ['?state=past-alarm-date', ['LATE']],
    ['?state=past-due-date', ['PAST']],
    ['?state=due-soon', ['SOON']],
    ['?state=before-due', ['STABLE']],
    ['?state=unknown', ['UNKNOWN']],
    ['?state=unknown&sort=alarm', ['UNKNOWN']],
    ['?state=past-alarm-date&sort=heard&direction=desc', ['LATE']],
    ['?state=no-pump', ['GONE']],
    ['?state=not-heard-of', []],
    ['?state=booking-past', []],
  ])('shows with %s', async (query, expected) => {
    const { visitor } = await service.signedIn('vera');
    expect(numbers(await listed(service, visitor, query))).toEqual(expected);
  });

  it('refuses an address that asks for what there is not', async () => {
    const { visitor } = await service.signedIn('vera');
    for (const query of ['?state=empty', '?sort=name', '?after=x', '?owner=Nora', '?direction=up']) {
      expect((await visitor.request(`${service.url}/board${query}`)).status).toBe(400);
      expect((await visitor.request(`${service.url}/board.json${query}`)).status).toBe(400);
      expect((await visitor.request(`${service.url}/board.csv${query}`)).status).toBe(400);
      expect((await visitor.request(`${service.url}/board.fhir${query}`)).status).toBe(400);
    }
  });

  it('is found again by whole record number or owner, which stand in no address and in no audit', async () => {
    const { visitor, page } = await service.signedIn('nora');
    const find = (form: Record<string, string>) =>
      visitor.post(`${service.url}/board/find?sort=alarm`, { formToken: formTokenIn(page), owner: '', ...form });
    const found = await find({ recordNumber: ' SOON ' });
    expect(found.url).toBe(`${service.url}/board?sort=alarm`);
    expect(found.text).toContain('Only record number SOON below.');
    expect(numbers(await listed(service, visitor))).toEqual(['SOON']);
    expect((await listed(service, visitor)).counts).toMatchObject({ all: 1, 'due-soon': 1, 'before-due': 0 });
    const last = await service.app.store.db
      .selectFrom('audit')
      .select('detail')
      .where('action', '=', 'access')
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(last.detail)).toMatchObject({
      ...{ interaction: 'operation', operation: 'board', status: 200, query: 'recordNumber', subject: 'nora' },
      ...{ environment: 'test', issuer: service.oidc.issuer, patient: ids.get('SOON') },
    });
    expect(last.detail).not.toContain('SOON');
    await find({ recordNumber: 'SOO' });
    expect(numbers(await listed(service, visitor))).toEqual([]);
    await find({ recordNumber: 'SOON', clear: 'yes' });
    expect(numbers(await listed(service, visitor))).toHaveLength(5);
  });

  it('keeps nothing of what stands in the address of one patient but the patient', async () => {
    const { visitor } = await service.signedIn('nora');
    const answer = await visitor.request(`${service.url}/board/patients/${ids.get('SOON')}?x=Jane+Doe&state=unknown`);
    expect(answer.status).toBe(200);
    const last = await service.app.store.db
      .selectFrom('audit')
      .select('detail')
      .where('action', '=', 'access')
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(last.detail)).toMatchObject({ operation: 'board', patient: ids.get('SOON'), status: 200 });
    expect(last.detail).not.toMatch(/Jane|x=|state=/);
  });

  it('says on its face what it is not, whose data it shows, and who looks, as text', async () => {
    const { page } = await service.signedIn('vera');
    expect(page.text).toContain('Not an alarm or monitoring system.');
    expect(page.text).toContain('<strong>Test data.</strong>');
    expect(page.text).toContain('Vera &lt;b&gt;Viewer&lt;/b&gt;, clinic default');
    expect(page.text).toContain('As of 2024-11-20, 13:00 (Europe/Zurich)');
    expect(page.text).not.toMatch(/overdue|\bempty\b/i);
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none';style-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'",
    );
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('marks the column by which it is sorted', async () => {
    const { visitor } = await service.signedIn('vera');
    const { text } = await visitor.get(`${service.url}/board?sort=heard&direction=desc`);
    expect(text.match(/aria-sort="[a-z]+"/g)).toEqual(['aria-sort="descending"']);
    expect(text).toContain('aria-sort="descending"><a href="/board?sort=heard">Last heard of</a>');
  });

  it('shows nothing of another clinic and nothing of the other environment', async () => {
    const other = await startBoardService({ people: { environment: 'live' } });
    await other.tell(clinic);
    const { page } = await other.signedIn('nora');
    expect(page.text).toContain('No patient is listed here.');
    expect(page.text).not.toContain('Test data.');
    await other.close();
  });
});

describe('a clinic at which calculated values are withheld', () => {
  it('sees only dates that a programmer showed, and counts by them', async () => {
    const other = await startBoardService({ calculatedValues: { show: false } });
    const shownDates = { lowReservoirAlarmDate: '2024-11-19', refillDueDate: '2024-11-14' };
    await other.tell([implanted('OURS', 720), implanted('THEIRS', 720, { reported: shownDates })]);
    const { visitor, page } = await other.signedIn('nora');
    expect(page.text).toContain('Calculated dates are not shown at this clinic: only dates that programmers showed.');
    const { lines, counts } = (await (await visitor.request(`${other.url}/board.json`)).json()) as Listed;
    expect(counts).toMatchObject({ all: 2, 'past-alarm-date': 1, unknown: 1 });
    expect(
      lines.map(({ state, dueBy, dueMethod, alarmDate, alarmMethod, words }) => ({
        ...{ state, dueBy, dueMethod, alarmDate, alarmMethod, words },
      })),
    ).toEqual([
      {
        ...{ state: 'past-alarm-date', dueBy: '2024-11-14', dueMethod: 'reported' },
        ...{ alarmDate: '2024-11-19', alarmMethod: 'reported' },
        words:
          'No refill reported since 2024-06-01. The programmer showed 2024-11-19 as the low reservoir alarm date. A refill elsewhere may be missing. Check the pump with its programmer.',
      },
      {
        ...{ state: 'unknown', dueBy: null, dueMethod: null, alarmDate: null, alarmMethod: null },
        words:
          'When a refill is due is not known: the programmer’s date was not reported, and calculated dates are not shown here.',
      },
    ]);
    await other.close();
  });
});

describe('a merged patient', () => {
  it('stands on the board once, under all numbers', async () => {
    const other = await startBoardService();
    await other.tell([
      implanted('ONE', 100),
      event('refill', 'TWO', '2024-07-01T10:00:00Z', {
        fill: { volumeMl: 38, concentrationUgPerMl: 2000 },
        pump: { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGPONEH' },
      }),
    ]);
    const { pump: _, ...merge } = event('merge', 'ONE', '2024-08-01T10:00:00Z', {
      merged: { identifier: { system, value: 'TWO' } },
    });
    await other.tell([merge]);
    const { visitor } = await other.signedIn('nora');
    const { lines, counts } = (await (await visitor.request(`${other.url}/board.json`)).json()) as Listed;
    expect(counts.all).toBe(1);
    expect(lines.map(({ recordNumbers }) => recordNumbers.map(({ value }) => value))).toEqual([['ONE', 'TWO']]);
    await other.close();
  });
});
