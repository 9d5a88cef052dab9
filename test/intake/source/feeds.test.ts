import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCodes } from '../../../src/fhir/codes.ts';
import { readHl7v2 } from '../../../src/intake/hl7v2/read.ts';
import { loadSources } from '../../../src/intake/source/load.ts';
import { mappingsDir } from './site-map.ts';

/** The field maps of HL7 v2 that ship, on messages as engines send them. */

const example = (name: string) =>
  readFileSync(join(mappingsDir, 'sources', 'examples', `${name}.sample.hl7`), 'utf8').replace(/\r?\n/g, '\r');

function read(text: string, source?: string) {
  const sources = loadSources(mappingsDir, loadCodes(mappingsDir));
  const reads = readHl7v2(text, { sources, source });
  const items = reads.flatMap((it) => it.items);
  return { items, unused: reads.flatMap((it) => it.unused), item: items[0] };
}

const problemsOf = (text: string) =>
  read(text).items.flatMap((item) =>
    'problems' in item ? item.problems.map(({ code, place }) => `${place?.segment} ${place?.field} ${code}`) : [],
  );

const oru = example('oru-flowsheet');
const ras = example('ras-refill');
const mdm = example('mdm-complication');

describe.each(['oru-flowsheet', 'ras-refill', 'mdm-complication'])('the sample of %s', (name) => {
  it('is one event, and every field of it is read, kept or ignored with a reason', () => {
    const { items, unused } = read(example(name));
    expect(items).toHaveLength(1);
    expect(items[0]).toHaveProperty('event');
    expect(
      unused.filter(({ decision, reason }) => decision === 'unknown' || (decision === 'ignored' && !reason)),
    ).toEqual([]);
  });
});

describe('a programming of the pump (ORU)', () => {
  it('is a dose change with its steps, and keeps what it cannot use', () => {
    expect(read(oru).item).toMatchObject({
      event: {
        type: 'dose-change',
        source: { system: 'urn:x-hl7v2:STJUDE:EPIC', eventId: 'FLT99120^EPIC/dose-change' },
        occurredAt: '2026-11-03T10:15:00-06:00',
        recordedAt: '2026-11-03T10:15:30-06:00',
        patient: { identifier: { system: 'urn:oid:2.16.840.1.113883.19.5', value: 'MRN0012345' } },
        pump: { manufacturer: 'ACME NEURO', serialNumber: 'ACM123456H' },
        program: {
          mode: 'flex',
          doseUgPerDay: 220,
          flexSteps: [
            { start: '00:00', end: '18:00', doseUg: 144 },
            { start: '18:00', end: '20:00', doseUg: 40 },
            { start: '20:00', end: '24:00', doseUg: 36 },
          ],
        },
        reported: { lowReservoirAlarmDate: '2027-04-16' },
        extra: { 'OBX[prior-total-daily-dose]-5.1': '200' },
      },
    });
  });

  it('waits where the code of an observation is not mapped, and says which row is missing', () => {
    const { item } = read(oru.replace('low-reservoir-alarm-date^Low', 'odd-code^Low'));
    expect(item).toMatchObject({
      place: { segment: 'OBR[1]' },
      problems: [{ code: 'code-unmapped', place: { segment: 'OBX[13]', field: 'OBX-3.1' } }],
      unmapped: [
        {
          conceptMap: 'https://w3id.org/itb-fhir/ConceptMap/source-observation',
          system: 'https://w3id.org/itb-fhir/sid/99itb',
          code: 'odd-code',
          display: 'Low reservoir alarm date',
        },
      ],
    });
  });

  it('waits where the report itself is not mapped', () => {
    expect(problemsOf(oru.replace('ITB-PROG^', 'ITB-ODD^'))).toEqual(['OBR[1] OBR-4.1 code-unmapped']);
  });

  it('never takes mg for ug, nor a number without its unit', () => {
    expect(problemsOf(oru.replace('|220|ug/d^ug/d^UCUM', '|220|mg/d^mg/d^UCUM'))).toEqual([
      'OBX[2] OBX-5.1 unit-differs',
    ]);
    expect(problemsOf(oru.replace('|220|ug/d^ug/d^UCUM', '|220|'))).toEqual(['OBX[2] OBX-5.1 unit-missing']);
  });

  it('knows the usual spellings of a unit', () => {
    expect(read(oru.replace('|220|ug/d^', '|220|mcg/day^')).item).toMatchObject({
      event: { program: { doseUgPerDay: 220 } },
    });
  });

  it('never takes a comparison for a number, in whichever type it is sent', () => {
    expect(
      problemsOf(
        oru.replace(
          '|NM|total-daily-dose^Total daily dose^99ITB|1|220|',
          '|SN|total-daily-dose^Total daily dose^99ITB|1|<^220|',
        ),
      ),
    ).toEqual(['OBX[2] OBX-5.1 value-inexact']);
    const exact = oru.replace(
      '|NM|total-daily-dose^Total daily dose^99ITB|1|220|',
      '|SN|total-daily-dose^Total daily dose^99ITB|1|=^220|',
    );
    expect(read(exact).item).toMatchObject({ event: { program: { doseUgPerDay: 220 } } });
  });

  it('leaves out what its sender clears, and says so', () => {
    const { item } = read(oru.replace('|20270416|', '|""|'));
    expect(item).toMatchObject({ remarks: [{ code: 'value-cleared', place: { segment: 'OBX[13]' } }] });
    expect(item).not.toHaveProperty('event.reported');
  });

  it('takes the record number of the right authority and no other', () => {
    const two = oru.replace('MRN0012345^^^STJUDE^MR', '999^^^SSA^SS~MRN0012345^^^STJUDE^MR');
    expect(read(two).item).toMatchObject({ event: { patient: { identifier: { value: 'MRN0012345' } } } });
    const ambiguous = oru.replace('MRN0012345^^^STJUDE^MR', 'MRN1^^^STJUDE^MR~MRN2^^^STJUDE^MR');
    expect(problemsOf(ambiguous)).toEqual(['PID[1] PID-3.1 value-ambiguous']);
    expect(problemsOf(oru.replace('^^^STJUDE^MR', '^^^STJUDE^PI'))).toEqual([
      'PID PID-3[5=MR].1 field-missing',
      'PID PID-3[5=MR].4 field-missing',
    ]);
  });

  it('withdraws all of it with all of its fields', () => {
    const withdrawn = oru.replace('20261103101530-0600|||F', '20261104090000-0600|||X');
    const { item, unused } = read(withdrawn);
    expect(item).toMatchObject({
      event: { type: 'void', voids: 'FLT99120^EPIC/dose-change', occurredAt: '2026-11-04T09:00:00-06:00' },
    });
    expect(unused.filter(({ decision }) => decision === 'unknown')).toEqual([]);
  });
});

describe('several reports in one message', () => {
  const [obr, ...obx] = oru.split('\r').slice(4) as [string, ...string[]];
  const second = [obr.replace('FLT99120', 'FLT99121'), ...obx].join('\r');

  it('are each an event, and one that waits does not hold the other', () => {
    const { items } = read(`${oru}${second.replace('infusion-mode^', 'odd^')}`);
    expect(items.map((item) => ['event' in item, item.place.segment])).toEqual([
      [true, 'OBR[1]'],
      [false, 'OBR[2]'],
    ]);
  });

  it('belong to the patient above them', () => {
    const other = 'PID|1||MRN0099999^^^STJUDE^MR';
    const { items } = read(`${oru}${other}\r${second}`);
    expect(items.map((item) => 'event' in item && item.event.patient.identifier.value)).toEqual([
      'MRN0012345',
      'MRN0099999',
    ]);
  });
});

describe('a refill (RAS)', () => {
  it('is a fill of the volume, at the time when it was done', () => {
    expect(read(ras).item).toMatchObject({
      event: {
        type: 'refill',
        occurredAt: '2026-11-03T10:12:00-06:00',
        fill: {
          volumeMl: 20,
          concentrationUgPerMl: 2000,
          drug: 'baclofen',
          lotNumber: 'LOTB7741',
          expirationDate: '2028-03-31',
        },
        residual: { expectedMl: 3.9, measuredMl: 4.2 },
        performer: {
          identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1487654321' },
          display: 'Kwame Osei',
        },
      },
    });
  });

  it('is refused as a mass, of another drug, and without its concentration', () => {
    expect(problemsOf(ras.replace('|20|mL^mL^UCUM', '|40|mg^mg^UCUM'))).toEqual(['RXA[1] RXA-6.1 unit-mismatch']);
    expect(problemsOf(ras.replace('^baclofen^RXNORM', '^morphine^RXNORM'))).toEqual(['RXA[1] RXA-5.2 code-unmapped']);
    expect(problemsOf(ras.replace('|2000|ug/mL^ug/mL^UCUM', '||'))).toEqual(['RXA RXA-13 field-missing']);
  });

  it('is none by another route', () => {
    expect(read(ras.replace('RXR|IT^', 'RXR|PO^')).item).toMatchObject({ leftAlone: { code: 'ignored-by-map' } });
  });

  it.each(['72607000^Intrathecal route^SCT', 'Intrathecal', 'OTH^Other^HL70162', 'EP^Epidural^HL70162'])(
    'is never left alone for a route in words that may mean it (%s)',
    (route) => {
      expect(problemsOf(ras.replace('IT^Intrathecal^HL70162', route))).toEqual([
        'RXA[1] undefined source-event-unknown',
      ]);
    },
  );

  it('is refused where nobody wrote down its amount, for which HL7 writes 999', () => {
    expect(problemsOf(ras.replace('|20|mL^mL^UCUM', '|999|mL^mL^UCUM'))).toEqual(['RXA RXA-6 field-missing']);
  });
});

describe('complications of a note (MDM)', () => {
  const another = 'OBX|6|CWE|itb-complication^ITB complication^99ITB|3|csf-leak^CSF leak^99ITB||||||F|||20261202\r';

  it('have the partial date of their own, and the text of the note', () => {
    const { items } = read(`${mdm}${another}`);
    expect(items.map((item) => 'event' in item && item.event)).toMatchObject([
      {
        type: 'complication',
        occurredAt: '2026-12-01',
        code: 'catheter-disconnect',
        severity: 'severe',
        consequences: ['withdrawal'],
        source: { eventId: 'DOC55120^EPIC/complication/2' },
        note: 'Pump pocket benign. Contrast study shows catheter disconnection at the connector\nAshworth 4 both adductors.',
      },
      { occurredAt: '2026-12-02', code: 'csf-leak', source: { eventId: 'DOC55120^EPIC/complication/3' } },
    ]);
  });

  it('do not share what is said of one of them', () => {
    const [, second] = read(`${mdm}${another}`).items;
    expect(second).not.toHaveProperty('event.severity');
  });

  it('wait for a word that is not mapped, with the row that is missing', () => {
    const { item } = read(mdm.replace('catheter-disconnection^Catheter disconnection', 'odd thing^Odd thing'));
    expect(item).toMatchObject({
      place: { segment: 'MSH[1]/2' },
      problems: [{ code: 'code-unmapped', place: { segment: 'OBX[2]', field: 'OBX-5.1' } }],
      unmapped: [
        {
          conceptMap: 'https://w3id.org/itb-fhir/ConceptMap/source-complication',
          system: 'https://w3id.org/itb-fhir/sid/complication',
          code: 'ODD-THING',
          display: 'Odd thing',
        },
      ],
    });
  });

  it('are none of a note that states none', () => {
    const [msh, evn, pid, pv1, txa, text] = mdm.split('\r');
    expect(read([msh, evn, pid, pv1, txa, text, ''].join('\r')).item).toMatchObject({
      leftAlone: { code: 'ignored-by-map', message: 'a note without a discrete complication' },
    });
  });
});

describe('a note that was cancelled', () => {
  const cancelled = mdm.replace(/\|AU\r/, '|AU||CA\r');

  it('takes back each complication that it states', () => {
    expect(read(cancelled).item).toMatchObject({
      event: { type: 'void', voids: 'DOC55120^EPIC/complication/2', reason: 'the document was cancelled' },
    });
  });

  it('waits for a human where it does not state again what it had reported', () => {
    const [msh, evn, pid, pv1, txa, text] = cancelled.split('\r');
    expect(problemsOf([msh, evn, pid, pv1, txa, text, ''].join('\r'))).toEqual([
      'MSH[1] undefined source-event-unknown',
    ]);
  });
});

describe('merges (ADT^A40)', () => {
  const merging = (...segments: string[]) =>
    [
      'MSH|^~\\&|ADT|STJUDE|||20260301080000-0600||ADT^A40|M1|P|2.5.1',
      'EVN||20260301080000-0600',
      ...segments,
      '',
    ].join('\r');
  const pid = (value: string) => `PID|1||${value}^^^STJUDE^MR`;
  const mrg = (value: string) => `MRG|${value}^^^STJUDE^MR`;
  const merges = (text: string) =>
    read(text).items.map(
      (item) =>
        'event' in item &&
        item.event.type === 'merge' && [
          item.event.source.eventId,
          item.event.patient.identifier.value,
          item.event.merged.identifier.value,
        ],
    );

  it('of one message are each a report of their own, whether or not its patients are numbered', () => {
    expect(merges(merging(pid('A'), mrg('B'), pid('C'), mrg('D')))).toEqual([
      ['M1/1/merge', 'A', 'B'],
      ['M1/2/merge', 'C', 'D'],
    ]);
    expect(merges(merging(pid('A'), mrg('B'), mrg('C')))).toEqual([
      ['M1/1/merge', 'A', 'B'],
      ['M1/2/merge', 'A', 'C'],
    ]);
  });
});

describe('a pump at a gateway (ORU with MDC terms)', () => {
  const folder = join(mappingsDir, 'sources', 'examples');
  const gateway = readFileSync(join(folder, 'oru-pcd.gateway.hl7'), 'utf8');
  const codesOf = (text: string) =>
    read(text, 'oru-pcd').items.flatMap((item) => ('problems' in item ? item.problems.map(({ code }) => code) : []));

  it('was read: nothing is programmed by it', () => {
    expect(read(gateway, 'oru-pcd').item).toMatchObject({
      event: {
        type: 'interrogation',
        reported: { reservoirMl: 16.4 },
        program: { mode: 'simple-continuous', doseUgPerDay: 220, concentrationUgPerMl: 2000 },
      },
    });
  });

  it('keeps dose and concentration verbatim where nobody says in which mode it runs', () => {
    const { item } = read(gateway.replace(/OBX\|4\|.*\r/, ''), 'oru-pcd');
    expect(item).toMatchObject({ event: { extra: { 'OBX[total-daily-dose]-5.1': '220' } } });
    expect(item).not.toHaveProperty('event.program');
  });

  it('is refused with a term that nobody has verified, and with a number in mg', () => {
    expect(codesOf(gateway.replace('157872^', '157884^'))).toEqual(['code-unmapped']);
    expect(codesOf(gateway.replace('|2000|ug/mL^', '|2|264306^'))).toEqual(['unit-differs']);
  });
});
