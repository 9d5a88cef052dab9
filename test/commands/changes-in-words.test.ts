import type { Device, DocumentReference, Observation, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { inOneLine } from '../../src/commands/mapping-changes-told.ts';
import { changeInWords, deviceNames } from '../../src/operate/changes-in-words.ts';
import type { Link, Operation } from '../../src/sync/plan.ts';

const dose = (value: number, over: Partial<Observation> = {}): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Programmed daily dose', coding: [{ system: 'urn:ours', code: 'daily-dose' }] },
  effectiveDateTime: '2024-06-25T10:12:00-04:00',
  valueQuantity: { value, unit: 'ug/d', system: 'http://unitsofmeasure.org', code: 'ug/d' },
  ...over,
});

const linkOf = (content: Resource): Link => ({
  identity: 'one',
  patientId: 'patient',
  resourceType: content.resourceType,
  serverId: 's1',
  versionId: '1',
  contentHash: 'old',
  state: 'live',
  content,
});

const itemOf = (resource: Resource) => ({
  identity: 'one',
  resource,
  contentHash: 'new',
  group: 0,
  channel: 'fhir' as const,
});

const update = (before: Resource, after: Resource): Operation => ({
  kind: 'update',
  identity: 'one',
  item: itemOf(after),
  link: linkOf(before),
});

const none = new Map<string, string>();

describe('a change in clinical words', () => {
  it('a dose that says something else is told with both values', () => {
    const change = changeInWords(update(dose(210), dose(240)), none);
    expect(change).toEqual({
      kind: 'changed',
      resourceType: 'Observation',
      what: 'Observation: Programmed daily dose',
      when: '2024-06-25 10:12 -04:00',
      differences: [{ label: 'Value', from: '210 ug/d', to: '240 ug/d' }],
    });
    expect(inOneLine(change)).toBe(
      'changed Observation: Programmed daily dose 2024-06-25 10:12 -04:00: Value 210 ug/d → 240 ug/d',
    );
  });

  it('what is there for the first time, and what is no longer said, are told beside nothing', () => {
    const before = dose(210, { note: [{ text: 'read at home' }] });
    const after = dose(210, { bodySite: { text: 'abdomen' } });
    expect(changeInWords(update(before, after), none).differences).toEqual([
      { label: 'Note', from: 'read at home', to: 'nothing' },
      { label: 'Body site', from: 'nothing', to: 'abdomen' },
    ]);
  });

  it('codes behind the same words are told by their codes', () => {
    const coded = dose(210, {
      code: {
        text: 'Programmed daily dose',
        coding: [
          { system: 'http://loinc.org', code: '1-8' },
          { system: 'urn:ours', code: 'daily-dose' },
        ],
      },
    });
    expect(changeInWords(update(dose(210), coded), none).differences).toEqual([
      { label: 'Codes', from: 'none', to: 'loinc.org 1-8' },
    ]);
    expect(changeInWords(update(coded, dose(210)), none).differences).toEqual([
      { label: 'Codes', from: 'loinc.org 1-8', to: 'none' },
    ]);
  });

  it('what no reader sees is told by the name of its element', () => {
    const before = dose(210, { identifier: [{ value: 'a' }] });
    const after = dose(210, { identifier: [{ value: 'b' }] });
    expect(changeInWords(update(before, after), none).differences).toEqual([
      { label: 'identifier', from: 'as it was', to: 'written again' },
    ]);
    expect(changeInWords(update(dose(210), dose(210)), none).differences).toEqual([
      { label: 'All of it', from: 'as it was', to: 'written again' },
    ]);
  });

  it('a document is compared by what it says, line by line', () => {
    const document = (text: string): DocumentReference => ({
      resourceType: 'DocumentReference',
      status: 'current',
      description: 'Intrathecal baclofen pump: refill, 2024-06-25',
      date: '2024-06-25T14:20:00Z',
      content: [
        { attachment: { contentType: 'text/plain; charset=utf-8', data: Buffer.from(text).toString('base64') } },
      ],
    });
    const change = changeInWords(
      update(document('Refill\nVolume: 38 mL\n'), document('Refill\nVolume: 20 mL\n')),
      none,
    );
    expect(change.what).toBe('Document: Intrathecal baclofen pump: refill, 2024-06-25');
    expect(change.differences).toEqual([{ label: 'Volume', from: '38 mL', to: '20 mL' }]);
  });

  it('what is created and what is withdrawn are told by name and time alone', () => {
    const created = changeInWords({ kind: 'create', identity: 'one', item: itemOf(dose(210)) }, none);
    expect([created.kind, created.differences]).toEqual(['added', []]);
    expect(inOneLine(created)).toBe('added Observation: Programmed daily dose 2024-06-25 10:12 -04:00');
    const voided = changeInWords({ kind: 'void', identity: 'one', resource: dose(210), link: linkOf(dose(210)) }, none);
    expect([voided.kind, voided.differences]).toEqual(['removed', []]);
  });

  it('a device is named without its serial number', () => {
    const pump: Device = {
      resourceType: 'Device',
      manufacturer: 'Medtronic',
      modelNumber: '8637-40',
      serialNumber: 'NGP100001H',
    };
    const change = changeInWords({ kind: 'create', identity: 'one', item: itemOf(pump) }, none);
    expect(change.what).toBe('Device: Medtronic, model 8637-40');
    expect([...deviceNames([{ identity: 'pump', resource: pump, group: 0 }])]).toEqual([
      ['pump', 'Medtronic, model 8637-40'],
    ]);
  });

  it('a long text is cut in one line', () => {
    const change = changeInWords(
      update(dose(1, { note: [{ text: 'x'.repeat(100) }] }), dose(1, { note: [{ text: 'y' }] })),
      none,
    );
    expect(inOneLine(change)).toContain(`Note ${'x'.repeat(79)}… → y`);
  });
});
