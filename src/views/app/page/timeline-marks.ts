import type { Course } from '../../pump-status/course-schema.ts';
import { amount } from './amounts.ts';
import { inWords } from './words.ts';

/** One thing on the axis of time: a stretch, or an instant where it has no end of its own. */
export interface Mark {
  readonly lane: string;
  readonly what: string;
  readonly from: string;
  /** Null: it goes on; undefined: it has no length. */
  readonly until?: string | null;
  readonly symbol: 'bar' | 'refill' | 'alarm' | 'complication' | 'bolus';
}

/** In the order of their lanes. */
export function marksOf({ devices, refills, alarms, complications, boluses }: Course): Mark[] {
  return [
    ...devices.map(({ kind, manufacturer, model, implanted, firstReported, explanted }): Mark => {
      const what = [manufacturer, model].filter(Boolean).join(' ');
      const known = implanted === null ? `${what}, implant date not recorded` : what;
      return { lane: inWords(kind), what: known, from: implanted ?? firstReported, until: explanted, symbol: 'bar' };
    }),
    ...refills.map(({ at, volumeMl, concentrationUgPerMl, measuredResidualMl }): Mark => {
      const residual =
        measuredResidualMl === null ? 'residual not recorded' : `residual ${amount(measuredResidualMl, 'mL')}`;
      return {
        lane: 'Refills',
        what: `${amount(volumeMl, 'mL')} of ${amount(concentrationUgPerMl, 'mcg/mL')}, ${residual}`,
        from: at,
        symbol: 'refill',
      };
    }),
    ...boluses.map(
      ({ start, doseUg, kind }): Mark => ({
        lane: 'Boluses',
        what: `${inWords(kind)} ${amount(doseUg, 'mcg')}`,
        from: start,
        symbol: 'bolus',
      }),
    ),
    ...alarms.map(({ code, criticality, at, clearedAt }): Mark => {
      const what = criticality === null ? inWords(code) : `${inWords(code)} (${criticality})`;
      return { lane: 'Alarms', what, from: at, until: clearedAt, symbol: 'alarm' };
    }),
    ...complications.map(({ code, severity, at, resolvedAt }): Mark => {
      const what = severity === null ? inWords(code) : `${inWords(code)} (${severity})`;
      return { lane: 'Complications', what, from: at, until: resolvedAt, symbol: 'complication' };
    }),
  ];
}
