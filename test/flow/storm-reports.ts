import { clinicOf, type Report } from './events.ts';
import { shuffled } from './random-faults.ts';

/** Everything that is reported in a storm, and the order in which it comes. */

export interface StormReports {
  readonly mrns: readonly string[];
  /** Each report once or more, in no order at all. */
  readonly sent: readonly Report[];
  /** How many different ones. */
  readonly count: number;
}

export function stormReports(patients: number, reportsOfEach: number, random: () => number): StormReports {
  const mrns = Array.from({ length: patients }, (_, n) => `W${n}`);
  const once = mrns.flatMap((mrn, n) => therapyWith(mrn, mrns[n - 1], n, reportsOfEach));
  const again = once.filter(() => random() < 0.15);
  return { mrns, sent: shuffled([...once, ...again], random), count: once.length };
}

/** A long therapy; every tenth patient, by turns, is also mixed up with the one before. */
function therapyWith(mrn: string, before: string | undefined, n: number, length: number): Report[] {
  const clinic = clinicOf(mrn);
  const special = before === undefined ? [] : mixUp(n, clinic, before);
  const plain = [
    ...[clinic.implant('i', 0, 100), clinic.doseChange('d1', 10, 1200), clinic.correctDose('c1', 'd1', 10, 120)],
    ...[clinic.doseChange('d2', 20, 140), clinic.void('v', 'd2', 21), clinic.refill('r1', 60, 120)],
    ...[clinic.complication('k', 61), clinic.void('vk', 'k', 62), clinic.assessment('s', 65, 'MAS', '2')],
    ...[clinic.correctDose('c2', 'd1', 10, 125), clinic.refill('r2', 120, 130)],
  ].slice(0, length - special.length);
  const rest = Array.from({ length: length - special.length - plain.length }, (_, m) =>
    clinic.doseChange(`x${m}`, 130 + 5 * m, 130 + 5 * m),
  );
  return [...plain, ...special, ...rest];
}

function mixUp(n: number, clinic: ReturnType<typeof clinicOf>, before: string): Report[] {
  switch (n % 10) {
    case 2:
      return [clinic.merge('m', before, 300)];
    case 5:
      return [clinic.merge('m', before, 300), clinic.unmerge('u', 'm', 301)];
    case 8:
      // The pump of a programme that was reported for the wrong patient stays what it was.
      return [clinic.doseChange('w', 200, 150), clinic.correctDose('cw', 'w', 200, 150, before)];
    default:
      return [];
  }
}
