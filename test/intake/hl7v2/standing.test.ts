import { describe, expect, it } from 'vitest';
import { divide } from '../../../src/intake/hl7v2/message.ts';
import { standingOf } from '../../../src/intake/hl7v2/standing.ts';
import { recordOf } from '../../../src/intake/source/record.ts';

const msh = 'MSH|^~\\&|A|F|||20261103101530-0600||ORU^R01|M1|P|2.5.1';

function standing(...lines: string[]) {
  const tree = divide([msh, ...lines].join('\r'), () => undefined);
  if ('problem' in tree) throw new Error(tree.problem.code);
  return standingOf(recordOf(tree.leaves));
}

/** A segment with these fields, by their number. */
function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const last = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, n) => fields[n + 1] ?? '')].join('|');
}

const obr = (status: string, changedAt = '') =>
  segment('OBR', { 1: '1', 2: 'O1', 7: '20261103', 22: changedAt, 25: status });
const obx = (n: number, status: string) => segment('OBX', { 1: `${n}`, 2: 'NM', 3: 'x^x^99', 5: `${n}`, 11: status });

describe('a result', () => {
  it.each(['F', ''])('with the status %j reports something', (status) => {
    expect(standing(obr(status), obx(1, 'F'), obx(2, ''))).toEqual({ kind: 'new', without: [] });
  });

  it('corrects what was reported, as of when it changed', () => {
    expect(standing(obr('C', '20261104'), obx(1, 'F'))).toEqual({
      ...{ kind: 'correction', version: '20261104', at: '20261104', reason: 'the result was corrected', without: [] },
    });
  });

  it('that names no time of its change is as old as its message', () => {
    expect(standing(obr('C'), obx(1, 'F'))).toMatchObject({
      ...{ kind: 'correction', version: '20261103101530-0600', at: '20261103101530-0600' },
    });
  });

  it('is corrected by one corrected observation', () => {
    expect(standing(obr('F'), obx(1, 'F'), obx(2, 'C'))).toMatchObject({ kind: 'correction' });
  });

  it('loses a deleted observation by a correction without it', () => {
    const found = standing(obr('F', '20261104'), obx(1, 'F'), obx(2, 'D'));
    expect(found).toMatchObject({ kind: 'correction', version: '20261104' });
    expect(new Set(found.without?.map(({ place }) => place.segment))).toEqual(new Set(['OBX[2]']));
  });

  it.each([['D'], ['W']])('of which every observation is %s never happened', (status) => {
    expect(standing(obr('F', '20261104'), obx(1, status), obx(2, status))).toEqual({
      ...{ kind: 'void', version: '20261104', at: '20261104', reason: 'all of its observations were deleted' },
    });
  });

  it('that was cancelled never happened', () => {
    expect(standing(obr('X', '20261104'))).toEqual({
      ...{ kind: 'void', version: '20261104', at: '20261104', reason: 'the result was withdrawn' },
    });
  });

  it.each(['X', 'N'])('counts no observation that was not obtained (%s), and is no correction for it', (status) => {
    const found = standing(obr('F'), obx(1, 'F'), obx(2, status));
    expect(found.kind).toBe('new');
    expect(found.without?.every(({ place }) => place.segment === 'OBX[2]')).toBe(true);
    expect(found.without).not.toEqual([]);
  });

  it.each(['P', 'R', 'S', 'I', 'O', 'A'])('that is not final (OBR-25 %s) is left alone', (status) => {
    expect(standing(obr(status), obx(1, 'F'))).toMatchObject({
      kind: 'left-alone',
      problem: { code: 'result-not-final', severity: 'information', place: { segment: 'OBR[1]', field: 'OBR-25.1' } },
    });
  });

  it('with one observation that is not final is left alone as a whole', () => {
    expect(standing(obr('F'), obx(1, 'F'), obx(2, 'P'))).toMatchObject({
      kind: 'left-alone',
      problem: { code: 'result-not-final', place: { segment: 'OBX[2]', field: 'OBX-11.1' } },
    });
  });

  it.each([
    [obr('Q'), 'OBR-25.1'],
    [`${obr('F')}\r${obx(1, 'Q')}`, 'OBX-11.1'],
  ])('with a status that HL7 does not have is refused: %#', (lines, field) => {
    expect(standing(...lines.split('\r'))).toMatchObject({
      kind: 'unusable',
      problems: [{ code: 'field-value', place: { field } }],
    });
  });
});

const rxa = ({ amount = '20', reason = '', completion = '', action = '', entered = '' }) =>
  segment('RXA', {
    1: '0',
    2: '1',
    3: '20261103',
    5: '1292',
    6: amount,
    18: reason,
    20: completion,
    21: action,
    22: entered,
  });

describe('an administration', () => {
  it.each([{ completion: 'CP' }, { completion: 'PA' }, {}, { completion: 'CP', action: 'A' }])(
    '%j was given, in part or whole',
    (said) => {
      expect(standing(rxa(said))).toEqual({ kind: 'new', without: [] });
    },
  );

  it.each([{ completion: 'RE' }, { completion: 'NA' }, { reason: '00^Parental decision' }])(
    '%j never becomes a fill',
    (said) => {
      expect(standing(rxa(said))).toMatchObject({
        kind: 'left-alone',
        problem: { code: 'not-administered', severity: 'information' },
      });
    },
  );

  it('that says it was refused and given is refused', () => {
    expect(standing(rxa({ reason: '00', completion: 'CP' }))).toMatchObject({
      kind: 'unusable',
      problems: [{ code: 'administration-contradictory', place: { segment: 'RXA[1]', field: 'RXA-18.1' } }],
    });
  });

  it('updated is a correction, deleted or not given after all a void', () => {
    const entered = '20261104';
    expect(standing(rxa({ action: 'U', completion: 'CP', entered }))).toMatchObject({
      ...{ kind: 'correction', version: entered, at: entered },
    });
    expect(standing(rxa({ action: 'D', completion: 'CP', entered }))).toMatchObject({ kind: 'void', version: entered });
    expect(standing(rxa({ action: 'U', completion: 'NA', entered }))).toMatchObject({ kind: 'void', version: entered });
    expect(standing(rxa({ action: 'D', completion: 'RE' }))).toMatchObject({ kind: 'void' });
  });

  it('of which nobody wrote down the amount has none: HL7 writes 999', () => {
    expect(standing(rxa({ amount: '999' })).without).toMatchObject([{ path: 'RXA-6.1' }]);
    expect(standing(rxa({ amount: '99.9' })).without).toEqual([]);
  });

  it('with a status that HL7 does not have is refused', () => {
    expect(standing(rxa({ completion: 'XX', action: 'Y' }))).toMatchObject({
      kind: 'unusable',
      problems: [
        { code: 'field-value', place: { field: 'RXA-21.1' } },
        { code: 'field-value', place: { field: 'RXA-20.1' } },
      ],
    });
  });

  it('waits for nobody: an observation beside it that is not final is refused, not left alone', () => {
    expect(standing(rxa({ completion: 'CP' }), obx(1, 'P'))).toMatchObject({
      kind: 'unusable',
      problems: [{ code: 'result-not-final', place: { segment: 'OBX[1]' } }],
    });
  });
});

const txa = ({ parent = '', completion = '', availability = '' }) =>
  segment('TXA', { 1: '1', 2: 'CN', 4: '20261202', 12: 'D2', 13: parent, 17: completion, 19: availability });

describe('a document', () => {
  it.each(['AU', 'LA'])('signed (%s) reports something', (completion) => {
    expect(standing(txa({ completion }))).toEqual({ kind: 'new', without: [] });
  });

  it.each(['DI', 'DO', 'IP', 'IN', 'PA'])('that nobody has signed (%s) is left alone', (completion) => {
    expect(standing(txa({ completion }))).toMatchObject({
      kind: 'left-alone',
      problem: { code: 'document-not-signed', place: { segment: 'TXA[1]', field: 'TXA-17.1' } },
    });
  });

  it('that replaces another corrects what that one reported', () => {
    expect(standing(txa({ completion: 'AU', parent: 'D1' }))).toMatchObject({
      ...{ kind: 'correction', replaces: 'TXA-13', version: '20261103101530-0600' },
    });
  });

  it.each(['D', 'W'])('of which one observation was taken back (%s) waits for a human', (status) => {
    for (const parent of ['', 'D1']) {
      expect(standing(txa({ completion: 'AU', parent }), obx(1, 'F'), obx(2, status))).toMatchObject({
        kind: 'unusable',
        problems: [{ code: 'field-value', place: { segment: 'OBX[2]', field: 'OBX-11.1' } }],
      });
    }
  });

  it('that was cancelled never happened; obsolete, it is left alone', () => {
    expect(standing(txa({ completion: 'AU', availability: 'CA' }))).toMatchObject({ kind: 'void' });
    expect(standing(txa({ completion: 'AU', availability: 'OB' }))).toMatchObject({ kind: 'left-alone' });
  });

  it('without a status, or with one that HL7 does not have, is refused', () => {
    expect(standing(txa({}))).toMatchObject({ kind: 'unusable', problems: [{ code: 'field-missing' }] });
    expect(standing(txa({ completion: 'ZZ' }))).toMatchObject({
      kind: 'unusable',
      problems: [{ code: 'field-value' }],
    });
  });
});
