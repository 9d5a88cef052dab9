import type { DocumentReference, Observation, Procedure, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import type { FhirClient } from '../../src/sync/fhir-client.ts';
import type { Pending } from '../../src/sync/links.ts';
import { isFoundByContent, searchByContent } from '../../src/sync/look-up-by-content.ts';
import { able, capabilitiesOf } from './destination-context.ts';
import { identifierSystem, identityOf } from './therapy-resources.ts';

const searched = (...parameters: string[]) => able(undefined, { searchParameters: new Set(parameters) });
const score: Observation = {
  resourceType: 'Observation',
  identifier: [{ system: identifierSystem, value: identityOf(2) }],
  status: 'final',
  code: { coding: [{ system: 'urn:us', code: 'score' }], text: 'score' },
  effectiveDateTime: '2024-03-01T09:00:00Z',
  valueInteger: 3,
};
const { identifier: _identifier, ...nameless } = score;

/** Looks for what was sent at a server with these resources; what was asked. */
async function look(
  there: readonly Resource[],
  sent: readonly Resource[] = [score],
  parameters: readonly string[] = ['patient', 'code', 'date'],
  more: { linked?: ReadonlySet<string>; beside?: object; vendorCodes?: Record<string, 'partial'> } = {},
) {
  const asked: string[] = [];
  const type = sent[0]?.resourceType ?? 'Observation';
  const capabilities = {
    ...capabilitiesOf({ [type]: searched(...parameters) }),
    vendorCodes: more.vendorCodes ?? {},
  };
  const client: FhirClient = {
    send: async ({ path }) => {
      asked.push(path);
      const entry = [...there, ...(more.beside ? [more.beside] : [])].map((resource) => ({ resource }));
      return { kind: 'answered', status: 200, body: { resourceType: 'Bundle', type: 'searchset', entry } };
    },
  };
  const asking = { client, fhirBaseUrl: 'https://ehr.example/fhir', identifierSystem, capabilities };
  const pending: Pending = { identity: identityOf(2), resourceType: type, state: 'pending', sent, sinceMs: 0 };
  const found = await searchByContent(asking, pending, 'p1', more.linked ?? new Set());
  return { found, asked };
}

const seen = (id: string) => ({ kind: 'seen', seen: { identity: identityOf(2), resource: { id } } });

describe('what was sent to a server that finds nothing by identifier', () => {
  it('is looked for by patient and the days around it, for a server counts days in its own zone', async () => {
    const { asked } = await look([]);
    expect(asked).toEqual(['Observation?patient=p1&date=ge2024-02-29&date=le2024-03-02']);
  });

  it('is looked for between the days of all that was sent', async () => {
    const later = { ...score, effectiveDateTime: '2024-03-05T09:00:00Z' };
    expect((await look([], [later, score])).asked).toEqual([
      'Observation?patient=p1&date=ge2024-02-29&date=le2024-03-06',
    ]);
  });

  it('is looked for by its code where the server searches no dates, or the day is not known', async () => {
    const token = encodeURIComponent('urn:us|score');
    expect((await look([], [score], ['patient', 'code'])).asked).toEqual([`Observation?patient=p1&code=${token}`]);
    const vague = { ...score, effectiveDateTime: '2024-03' };
    expect((await look([], [vague])).asked).toEqual([`Observation?patient=p1&code=${token}`]);
    expect((await look([], [score], ['patient'])).asked).toEqual(['Observation?patient=p1']);
  });

  it('is the one that carries our identifier, whatever became of its content', async () => {
    const { found } = await look([
      { ...nameless, id: '1' },
      { ...score, id: '2', valueInteger: 4 },
    ]);
    expect(found).toMatchObject(seen('2'));
  });

  it.each<[string, Partial<Observation>]>([
    ['as it was sent', {}],
    ['with its time in another zone', { effectiveDateTime: '2024-03-01T10:00:00+01:00' }],
    ['with a code of the site beside ours', { code: { coding: [{ code: 'X' }, { system: 'urn:us', code: 'score' }] } }],
    ['with the text alone for a code', { code: { text: 'score' } }],
    ['with another status', { status: 'amended' }],
  ])('is the one without an identifier %s', async (_how, changes) => {
    expect((await look([{ ...nameless, id: '1', ...changes }])).found).toMatchObject(seen('1'));
  });

  it.each<[string, Partial<Observation>]>([
    ['value', { valueInteger: 4 }],
    ['time', { effectiveDateTime: '2024-03-01T09:00:01Z' }],
    ['code', { code: { coding: [{ system: 'urn:us', code: 'other' }] } }],
    ['text', { code: { text: 'other' } }],
    ['identity', { identifier: [{ system: identifierSystem, value: identityOf(9) }] }],
  ])('is not one of another %s', async (_what, changes) => {
    expect((await look([{ ...nameless, id: '1', ...changes }])).found).toEqual({ kind: 'not-there' });
  });

  it('is not one that we know already, nor one of another type', async () => {
    const same = { ...nameless, id: '1' };
    expect((await look([same], [score], ['patient'], { linked: new Set(['Observation/1']) })).found).toEqual({
      kind: 'not-there',
    });
    const other = { ...same, resourceType: 'Procedure' } as unknown as Resource;
    expect((await look([other])).found).toEqual({ kind: 'not-there' });
  });

  it('is for an operator to tell where several could be it', async () => {
    const { found } = await look([
      { ...nameless, id: '1' },
      { ...nameless, id: '2' },
    ]);
    expect(found).toMatchObject({ kind: 'terminal', about: 'identity', problem: { code: 'identity-ambiguous' } });
  });

  it('may be there where the server leaves some out', async () => {
    const warning = { severity: 'warning', code: 'incomplete', details: { coding: [{ code: '4127' }] } };
    const beside = { resourceType: 'OperationOutcome', issue: [warning] };
    const vendorCodes = { 4127: 'partial' } as const;
    expect((await look([], [score], ['patient'], { beside, vendorCodes })).found).toEqual({ kind: 'untold' });
    const shown = await look([{ ...nameless, id: '1' }], [score], ['patient'], { beside, vendorCodes });
    expect(shown.found).toMatchObject(seen('1'));
  });

  it('as a Procedure is told by when it was done, as a document by its title', async () => {
    const procedure: Procedure = {
      ...{ resourceType: 'Procedure', status: 'completed', subject: {} },
      ...{ code: { text: 'refill' }, performedDateTime: '2024-03-01' },
    };
    expect((await look([{ ...procedure, id: '1' }], [procedure])).found).toMatchObject(seen('1'));
    const nextDay = { ...procedure, id: '1', performedDateTime: '2024-03-02' };
    expect((await look([nextDay], [procedure])).found).toEqual({ kind: 'not-there' });
    const report: DocumentReference = {
      ...{
        resourceType: 'DocumentReference',
        status: 'current',
        type: { text: 'report' },
        date: '2024-03-01T10:00:00Z',
      },
      content: [{ attachment: { title: 'refill' } }],
    };
    expect((await look([{ ...report, id: '1' }], [report])).found).toMatchObject(seen('1'));
    const another = { ...report, id: '1', content: [{ attachment: { title: 'implant' } }] };
    expect((await look([another], [report])).found).toEqual({ kind: 'not-there' });
  });

  it('can be looked for only by patient, and only what is told apart by its content', () => {
    const at = capabilitiesOf({
      Observation: searched('patient'),
      Device: searched('patient'),
      Procedure: searched('date'),
    });
    expect(isFoundByContent('Observation', at)).toBe(true);
    expect(isFoundByContent('Device', at)).toBe(false);
    expect(isFoundByContent('Procedure', at)).toBe(false);
    expect(isFoundByContent('DocumentReference', at)).toBe(false);
  });
});
