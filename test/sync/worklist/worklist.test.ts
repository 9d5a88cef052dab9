import { describe, expect, it } from 'vitest';
import type { Page } from '../../../src/sync/page.ts';
import type { TailorContext } from '../../../src/sync/tailored.ts';
import { worklistEntry } from '../../../src/sync/worklist/entry.ts';
import { worklistCsv, worklistNdjson, worklistRows } from '../../../src/sync/worklist/rows.ts';
import { contextOf } from '../destination-context.ts';
import { identifierSystem, identityOf, linksTo, ourPatient, pump, tailored } from '../therapy-resources.ts';

const page = (n = 50, changes: Partial<Page> = {}, occurredAt = '2024-06-25T10:00:00-04:00'): Page => ({
  identity: identityOf(n),
  group: 3,
  code: 'event-report',
  title: 'Intrathecal baclofen pump: refill',
  text: 'first\nsecond\n',
  report: { group: 3, identity: identityOf(n), kind: 'refill', occurredAt, recordedAt: '2024-06-25T14:20:00Z' },
  observations: [],
  security: [{ code: 'HTEST' }],
  ...changes,
});

const entry = (of: Page = page(), context: Partial<TailorContext> = {}) => worklistEntry(of, contextOf(context));

const coded = (code: string, display: string) => ({
  coding: [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-report', code, display }],
  text: display,
});

describe('what a human has to enter', () => {
  it('is a task for the patient, with the time of the event and the text', () => {
    const { identity, resource, channel, group } = entry();
    expect([channel, group]).toEqual(['worklist', 3]);
    expect(identity).not.toBe(identityOf(50));
    expect(resource).toEqual({
      resourceType: 'Task',
      meta: {
        profile: ['https://w3id.org/itb-fhir/StructureDefinition/itb-worklist-entry'],
        security: [{ code: 'HTEST' }],
        tag: [{ system: 'https://w3id.org/itb-fhir/CodeSystem/itb-sync', code: 'itb-adapter' }],
      },
      identifier: [{ system: identifierSystem, value: identity }],
      status: 'requested',
      intent: 'order',
      code: coded('worklist-entry', 'Entry to be made by hand'),
      description: 'Intrathecal baclofen pump: refill',
      for: {
        reference: 'Patient/p1',
        identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0001' },
      },
      authoredOn: '2024-06-25T14:20:00Z',
      input: [
        { type: coded('occurred-at', 'Time of the event'), valueDateTime: '2024-06-25T10:00:00-04:00' },
        { type: coded('text-to-enter', 'Text to be entered'), valueString: 'first\nsecond\n' },
      ],
    });
  });

  it('keeps one identity, whatever its text is, and another content', () => {
    expect(entry(page(50, { text: 'other\n' })).identity).toBe(entry().identity);
    expect(entry(page(50, { text: 'other\n' })).contentHash).not.toBe(entry().contentHash);
  });

  it('names the patient by an own identifier before that of a merged one', () => {
    const merged = { system: 's', value: '9', patientId: 'other' };
    const own = { system: 's', value: '1', patientId: ourPatient };
    const forOf = (patientIdentifiers: TailorContext['patientIdentifiers']) =>
      (entry(page(), { patientIdentifiers }).resource as { for?: object }).for;
    expect(forOf([merged, own])).toEqual({ reference: 'Patient/p1', identifier: { system: 's', value: '1' } });
    expect(forOf([merged])).toEqual({ reference: 'Patient/p1', identifier: { system: 's', value: '9' } });
    expect(forOf([])).toEqual({ reference: 'Patient/p1' });
  });

  it('has no time where none is known', () => {
    const { resource } = entry(page(50, { report: undefined, security: undefined }));
    expect(resource).not.toHaveProperty('authoredOn');
    expect(resource.meta).not.toHaveProperty('security');
    expect((resource as { input?: object[] }).input).toHaveLength(1);
  });
});

describe('the list of what has to be entered', () => {
  const rows = () => {
    const later = page(51, {}, '2024-07-01T09:00:00-04:00');
    const links = linksTo([entry(later), entry(page(52)), entry()]);
    return worklistRows([...links.values(), ...linksTo(tailored(pump(1))).values()]);
  };

  it('has a row for each task, the oldest event first', () => {
    expect(rows().map(({ occurredAt }) => occurredAt)).toEqual([
      '2024-06-25T10:00:00-04:00',
      '2024-06-25T10:00:00-04:00',
      '2024-07-01T09:00:00-04:00',
    ]);
    const [first, second] = rows().map(({ identity }) => identity);
    expect([first, second]).toEqual([first, second].sort());
  });

  it('says whose it is, what it is and what to do', () => {
    expect(rows().find(({ identity }) => identity === entry().identity)).toEqual({
      identity: entry().identity,
      action: 'enter',
      patientSystem: 'urn:oid:2.16.840.1.113883.19.5',
      patientIdentifier: 'MRN0001',
      title: 'Intrathecal baclofen pump: refill',
      occurredAt: '2024-06-25T10:00:00-04:00',
      recordedAt: '2024-06-25T14:20:00Z',
      text: 'first\nsecond\n',
    });
  });

  it('says what has to be removed again, because it was withdrawn', () => {
    const [row] = worklistRows(linksTo([entry()], { state: 'voided' }).values());
    expect(row?.action).toBe('remove');
  });

  it('leaves blank what is not known', () => {
    const bare = entry(page(50, { report: undefined }), { patientIdentifiers: [] });
    expect(worklistRows(linksTo([bare]).values())).toMatchObject([
      { occurredAt: '', recordedAt: '', patientSystem: '', patientIdentifier: '' },
    ]);
  });

  it('is written as CSV with a header, quoted where a cell needs it', () => {
    const [row] = worklistRows(linksTo([entry(page(50, { text: 'say "a",\nthen\n' }))]).values());
    expect(worklistCsv(row ? [row] : [])).toBe(
      'identity,action,patientSystem,patientIdentifier,title,occurredAt,recordedAt,text\r\n' +
        `${row?.identity},enter,urn:oid:2.16.840.1.113883.19.5,MRN0001,Intrathecal baclofen pump: refill,` +
        '2024-06-25T10:00:00-04:00,2024-06-25T14:20:00Z,"say ""a"",\nthen\n"\r\n',
    );
    expect(worklistCsv([])).toMatch(/^identity,.*text\r\n$/);
  });

  it.each(['=1+1', '+1', '-1', '@x', '\tx', '\rx'])('takes %j for text, never for a formula', (title) => {
    const [row] = worklistRows(linksTo([entry(page(50, { title }))]).values());
    const cell = worklistCsv(row ? [row] : [])
      .split('\r\n')
      .slice(1)
      .join('\r\n')
      .split(',MRN0001,')[1];
    expect(cell?.replace(/^"/, '').startsWith(`'${title}`)).toBe(true);
  });

  it('is written as one JSON object a line', () => {
    const all = rows();
    expect(
      worklistNdjson(all)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(all);
    expect(worklistNdjson([])).toBe('');
  });
});
