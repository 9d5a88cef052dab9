import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formTokenIn } from '../../auth/browser.ts';
import { type BoardService, startBoardService } from './board-service.ts';
import { lineOf, listed, tellClinic } from './listing.ts';
import { implanted, system } from './patients.ts';

let service: BoardService;
let ids: ReadonlyMap<string, string>;
beforeAll(async () => {
  service = await startBoardService({ therapy: { siteTimeZone: 'Europe/Zurich' } });
  ids = await tellClinic(service);
});
afterAll(() => service.close());

describe('a refill that no system reported', () => {
  it('is recorded under the name of who wrote it, once, and changes what is due', async () => {
    await service.tell([implanted('HOME', 720)]);
    const { visitor, page } = await service.signedIn('nora');
    const { patient } = lineOf(await listed(service, visitor), 'HOME');
    const form = await visitor.get(`${service.url}/board/patients/${patient}`);
    const device = /<option value="([\w-]+)">Medtronic 8637-40 NGPHOMEH/.exec(form.text)?.[1] ?? '';
    const reportId = /name="reportId" value="([\w-]+)"/.exec(form.text)?.[1] ?? '';
    const written = {
      ...{ formToken: formTokenIn(page), reportId, device, day: '2024-09-05', time: '09:30', setting: 'home' },
      ...{ place: 'Home care South', volumeMl: '38', concentrationUgPerMl: '2000', measuredMl: '3.1' },
    };
    const send = () => visitor.post(`${service.url}/board/patients/${patient}/refill`, written);
    expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
    expect(lineOf(await listed(service, visitor), 'HOME')).toMatchObject({
      ...{ state: 'before-due', lastRefill: '2024-09-05', lastRefillSetting: 'home' },
      ...{ lastRefillPlace: 'Home care South', dueBy: '2024-12-09', dueMethod: 'calculated' },
    });
    const events = await service.app.store.db
      .selectFrom('event')
      .select('payload')
      .where('source_system', '=', `${service.app.identifierSystem}/board`)
      .execute();
    expect(events.map(({ payload }) => JSON.parse(payload))).toEqual([
      {
        schemaVersion: 1,
        type: 'refill',
        source: { system: `${service.app.identifierSystem}/board`, eventId: reportId },
        occurredAt: '2024-09-05T09:30:00+02:00',
        recordedAt: '2024-11-20T12:00:00Z',
        timeZone: 'Europe/Zurich',
        patient: { identifier: { system, value: 'HOME' } },
        pump: { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGPHOMEH' },
        clinic: { display: 'Home care South' },
        setting: 'home',
        residual: { measuredMl: 3.1 },
        fill: { volumeMl: 38, concentrationUgPerMl: 2000 },
        note: 'Recorded on the refill board by Nora Nurse.',
        test: true,
      },
    ]);
  });

  it.each([
    ['no day', { day: '' }],
    ['a place that there is not', { setting: 'moon' }],
    ['no volume', { volumeMl: '' }],
    ['no concentration', { concentrationUgPerMl: '' }],
    ['the pump of somebody else', { device: 'other' }],
  ])('is not recorded with %s', async (_what, over) => {
    const { visitor, page } = await service.signedIn('nora');
    const address = `${service.url}/board/patients/${ids.get('LATE')}`;
    const device = /<option value="([\w-]+)">Medtronic/.exec((await visitor.get(address)).text)?.[1] ?? '';
    const answer = await visitor.post(`${address}/refill`, {
      ...{ formToken: formTokenIn(page), reportId: crypto.randomUUID(), device, day: '2024-09-05', time: '' },
      ...{ setting: 'home', place: '', volumeMl: '38', concentrationUgPerMl: '2000', measuredMl: '', ...over },
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Nothing was recorded.');
    expect(lineOf(await listed(service, visitor), 'LATE').lastRefill).toBe('2024-06-01');
  });
});
