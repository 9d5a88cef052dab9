import type { Observation } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { desired } from '../../../src/mapping/desired.ts';
import { fill, report, simple } from '../../therapy/reports.ts';
import { made, referenceTo } from '../made.ts';
import { ours, readings } from './panel.ts';

const implant = report('implant', 'A', '2024-03-01T10:00:00-05:00', { fill: fill(18), program: simple(100) });
/** 14.952 mL should be left. */
const refill = (measuredMl: number) =>
  report('refill', 'B', '2024-05-01T10:00:00-04:00', { residual: { measuredMl }, fill: fill(18) });
const discrepancies = (measuredMl: number) => made([implant, refill(measuredMl)]).of<Observation>('volumeDiscrepancy');

describe('a residual volume outside the limits of the site', () => {
  const seen = () => made([implant, refill(17.5)]);

  it('is an Observation of its own, with what it comes from and what it may mean', () => {
    const result = seen();
    const {
      meta: _meta,
      identifier: _ids,
      component: _component,
      ...rest
    } = result.by<Observation>('volumeDiscrepancy', 'B');
    expect(rest).toEqual({
      resourceType: 'Observation',
      partOf: [{ reference: referenceTo(result, 'procedure', 'B') }],
      derivedFrom: [{ reference: referenceTo(result, 'pumpStatus', 'B') }],
      status: 'final',
      category: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/observation-category',
              code: 'procedure',
              display: 'Procedure',
            },
          ],
        },
      ],
      code: ours('itb-observation', 'residual-discrepancy', 'Residual volume discrepancy'),
      subject: { reference: `Patient/${result.context.patientId}` },
      focus: [{ reference: referenceTo(result, 'pump', 'A') }],
      effectiveDateTime: '2024-05-01T10:00:00-04:00',
      issued: '2024-12-01T00:00:00Z',
      device: { reference: referenceTo(result, 'pump', 'A') },
      valueQuantity: { value: 2.548, unit: 'mL', system: 'http://unitsofmeasure.org', code: 'mL' },
      note: [{ text: expect.stringMatching(/Check the pump with its programmer\.$/) }],
    });
  });

  it('names volumes, ratio, span, reading and the limits used', () => {
    const result = seen();
    expect(readings(result.by<Observation>('volumeDiscrepancy', 'B'))).toEqual([
      'measured-residual-volume: 17.5 mL',
      'calculated-residual-volume: 14.952 mL',
      'delivered-to-programmed-ratio: 0.164 1',
      'residual-grade: critical',
      'residual-direction: more-left',
      'residual-reading: under-delivery',
      'residual-since: 2024-03-01T10:00:00-05:00',
      'residual-span: 61 d',
      'volume-after-last-fill: 18 mL',
      'volume-programmed-since-fill: 3.048 mL',
      'volume-delivered-since-fill: 0.5 mL',
      'discrepancy-limit-volume: 2 mL',
      'discrepancy-limit-share: 0.25 1',
    ]);
  });

  it('stands without the panel of its session, where that is held', () => {
    const result = seen();
    const { resource, optional } =
      result.result.resources.find(({ resource }) => resource === result.by('volumeDiscrepancy', 'B')) ?? {};
    expect((resource as Observation).derivedFrom).toEqual(
      optional?.map((identity) => ({ reference: `urn:uuid:${identity}` })),
    );
  });

  it('never names a cause', () => {
    expect(JSON.stringify(discrepancies(17.5))).not.toMatch(/kink|occlu|leak|migrat/i);
  });
});

it('each has the note of its own session', () => {
  const next = report('refill', 'C', '2024-07-01T10:00:00-04:00', { residual: { measuredMl: 4 }, fill: fill(18) });
  const notes = made([implant, refill(17.5), next])
    .of<Observation>('volumeDiscrepancy')
    .map(({ note }) => note?.length);
  expect(notes).toEqual([1, 1]);
});

it('outside the warning limit only, the limits are those of the warning', () => {
  const [resource] = discrepancies(13.8);
  expect(readings(resource as Observation)).toEqual(
    expect.arrayContaining([
      'residual-grade: warn',
      'residual-direction: less-left',
      'residual-reading: over-delivery',
      'discrepancy-limit-volume: 1 mL',
      'discrepancy-limit-share: 0.15 1',
    ]),
  );
  expect(resource?.valueQuantity?.value).toBe(-1.152);
});

it('most of a fill missing may lie beside the pump', () => {
  expect(readings(discrepancies(1)[0] as Observation)).toContain('residual-reading: pocket-fill-possible');
});

it('within the limits, or without a baseline, there is none', () => {
  expect(discrepancies(15)).toEqual([]);
  expect(made([refill(1)]).of('volumeDiscrepancy')).toEqual([]);
});

it('without a clinical owner there is none', () => {
  const { therapy, context } = made([implant, refill(17.5)]);
  const { resources } = desired(therapy, { ...context, calculatedValues: 'withheld' });
  expect(resources.some(({ resource }) => resource.meta?.profile?.[0]?.endsWith('/itb-volume-discrepancy'))).toBe(
    false,
  );
});
