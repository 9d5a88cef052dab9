import type { Bundle, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profile } from '../../../src/fhir/systems.ts';
import { validate } from '../../../src/fhir/validate.ts';
import { type BoardService, startBoardService } from './board-service.ts';
import { lineOf, listed, tellClinic, write } from './listing.ts';
import { system } from './patients.ts';

let service: BoardService;
let ids: ReadonlyMap<string, string>;
beforeAll(async () => {
  service = await startBoardService({ therapy: { siteTimeZone: 'Europe/Zurich' } });
  ids = await tellClinic(service);
});
afterAll(() => service.close());

describe('the board as a file', () => {
  it('is CSV that a spreadsheet reads as text, with every patient', async () => {
    const { visitor, page } = await service.signedIn('nora');
    const { noteVersion } = lineOf(await listed(service, visitor), 'UNKNOWN');
    const note = { owner: '+41 79', bookedFor: '', note: '@SUM(1)', version: String(noteVersion) };
    await write(service, { visitor, page }, ids.get('UNKNOWN'), note);
    const answer = await visitor.request(`${service.url}/board.csv`);
    const text = Buffer.from(await answer.arrayBuffer()).toString();
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=refill-board-2024-11-20.csv');
    const lines = text.split('\r\n');
    expect(lines[0]?.startsWith('\uFEFFrecordNumber,')).toBe(true);
    expect(lines.slice(1, 6).map((line) => line.split(',')[0])).toEqual(['LATE', 'PAST', 'SOON', 'STABLE', 'UNKNOWN']);
    expect(lines[1]).toContain(',2024-09-04,calculated,-77,2024-09-09,calculated,');
    expect(lines[5]).toContain("'+41 79");
    expect(lines[5]).toContain("'@SUM(1)");
    expect(lines[5]?.endsWith(',2024-11-20T12:00:00Z,Not an alarm or monitoring system.')).toBe(true);
  });

  it('is FHIR that conforms to its profile: a Task for each patient with a pump', async () => {
    const { visitor, page } = await service.signedIn('nora');
    const note = { owner: 'Nora', bookedFor: '2024-11-19', note: 'mornings', version: '0' };
    await write(service, { visitor, page }, ids.get('STABLE'), note);
    const answer = await visitor.request(`${service.url}/board.fhir`);
    const bundle = (await answer.json()) as Bundle<Task>;
    expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(bundle.link).toEqual([{ relation: 'self', url: `${service.url}/board.fhir` }]);
    const tasks = (bundle.entry ?? []).map(({ resource }) => resource as Task);
    expect(tasks.map((task) => validate(task))).toEqual(tasks.map(() => []));
    const { id, identifier, ...late } = tasks[0] as Task;
    expect(identifier).toEqual([{ system: service.app.identifierSystem, value: id }]);
    expect(late).toEqual({
      resourceType: 'Task',
      meta: {
        profile: [profile.refillTask],
        security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }],
        tag: [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-sync', code: 'itb-adapter' }],
      },
      status: 'requested',
      businessStatus: {
        coding: [
          {
            system: 'https://w3id.org/itb-fhir/CodeSystem/itb-refill-state',
            code: 'past-alarm-date',
            display: 'No refill reported by the alarm date',
          },
        ],
        text: 'No refill reported by the alarm date',
      },
      intent: 'plan',
      code: {
        coding: [
          {
            system: 'https://w3id.org/itb-fhir/CodeSystem/itb-procedure',
            code: 'pump-refill',
            display: 'Refill of pump reservoir',
          },
        ],
        text: 'Refill of pump reservoir',
      },
      description: expect.stringContaining('By calculation the reservoir would reach the alarm volume on 2024-09-09.'),
      for: { reference: `Patient/${ids.get('LATE')}`, identifier: { system, value: 'LATE' } },
      restriction: { period: { end: '2024-09-04' } },
      input: [
        dateInput('refill-due-by', 'Refill due by', '2024-09-04'),
        dateInput('low-reservoir-alarm-date', 'Calculated low reservoir alarm date', '2024-09-09'),
      ],
    });
    expect(tasks.find(({ for: subject }) => subject?.identifier?.value === 'STABLE')).toMatchObject({
      status: 'accepted',
      executionPeriod: { start: '2024-11-19', end: '2024-11-19' },
      lastModified: '2024-11-20T12:00:00Z',
      owner: { display: 'Nora' },
      note: [{ text: 'mornings' }],
    });
  });

  const dateInput = (code: string, display: string, valueDateTime: string) => ({
    type: {
      coding: [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-observation', code, display }],
      text: display,
    },
    valueDateTime,
  });
});
