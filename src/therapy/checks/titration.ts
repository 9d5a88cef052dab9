import { isBelowAge } from '../baseline.ts';
import { dailyDoseOf, ugPerDay } from '../dose.ts';
import { elapsed, equals, isMore, minutesAsDays, noVolume } from '../quantity.ts';
import type { Session } from '../records.ts';
import type { ChangeLimits, OriginLimits, TitrationLimits } from '../settings.ts';
import { isExact, localDate, type When } from '../when.ts';
import type { Checked, Finding } from './finding.ts';

/**
 * The size of a change of dose against the limits that the site works with. Where the origin is not known, only what is
 * beyond the limits for every origin is told. Not judged: a first programme, a restart, a taper, an emergency, a change
 * that undoes the one before, and one after the reservoir had run out.
 */
export function checkTitration(checked: Checked): readonly Finding[] {
  const { event, session, settings } = checked;
  const limits = settings.titration;
  const change = session.changePercent;
  if (!limits || (event.type !== 'dose-change' && event.type !== 'refill')) return [];
  const phase = event.type === 'dose-change' ? event.phase : undefined;
  if (change === undefined || phase === 'taper' || phase === 'emergency') return [];
  const origins = originsOf(checked, limits);
  const exempt = undoes(checked, limits) || restarts(checked, limits);
  return [
    ...(exempt ? [] : judge(checked, limits, origins, change, phase === 'titration')),
    ...(phase === 'maintenance' ? outsideUsual(checked, limits, origins) : []),
  ];
}

/** Children are limited as patients with cerebral origin are, whatever the origin. */
function originsOf({ baseline, entry }: Checked, limits: TitrationLimits): readonly OriginLimits[] {
  if (isBelowAge(baseline, limits.childBelowYears, dateOf(entry))) return [limits.cerebral];
  return baseline.origin ? [limits[baseline.origin]] : [limits.spinal, limits.cerebral];
}

function judge(
  checked: Checked,
  limits: TitrationLimits,
  origins: readonly OriginLimits[],
  change: number,
  isTitration: boolean,
): Finding[] {
  const raised = change > 0;
  const everywhere = (isBeyond: (limit: OriginLimits) => boolean) => origins.every(isBeyond);
  return [
    ...(everywhere((limit) => isTooMuch(change, isTitration ? limit.titration : limit.periodic))
      ? [beyond(`the dose was ${raised ? 'raised' : 'lowered'} by more than the limits name`)]
      : []),
    ...(raised && everywhere((limit) => isAboveUpper(checked, limit))
      ? [beyond('the dose was raised above the upper limit')]
      : []),
    ...(raised && isSoonAfterImplant(checked, limits)
      ? [beyond('the dose was raised in the first hours after the implant')]
      : []),
    ...(raised && isSoonAfterIncrease(checked, limits)
      ? [beyond('the dose was raised twice within the time that the limits name')]
      : []),
  ];
}

const beyond = (message: string): Finding => ({
  code: 'dose-change-beyond-limits',
  field: 'program.doseUgPerDay',
  message,
});

function isTooMuch(change: number, { increasePercent = Infinity, decreasePercent = Infinity }: ChangeLimits): boolean {
  return change > increasePercent || -change > decreasePercent;
}

function isAboveUpper({ program }: Checked, { upperUgPerDay }: OriginLimits): boolean {
  const dose = dailyDoseOf(program);
  return dose !== undefined && upperUgPerDay !== undefined && isMore(dose, ugPerDay(upperUgPerDay));
}

function isSoonAfterImplant({ implanted, entry }: Checked, limits: TitrationLimits): boolean {
  return implanted !== undefined && isWithin(implanted, entry.when, limits.noIncreaseHoursAfterImplant);
}

function isSoonAfterIncrease({ earlier, entry }: Checked, limits: TitrationLimits): boolean {
  const last = earlier.findLast(({ changePercent }) => changePercent !== undefined && changePercent > 0);
  return last !== undefined && isWithin(last.entry.when, entry.when, limits.hoursBetweenIncreases);
}

/** The dose is again what it was before the change before this one, and that was not long ago. */
function undoes({ earlier, entry, program }: Checked, limits: TitrationLimits): boolean {
  const changed = earlier.findLastIndex(isChange);
  const last = earlier[changed];
  const dose = dailyDoseOf(program);
  const doseBefore = dailyDoseOf(earlier[changed - 1]?.program);
  if (!last || !dose || !doseBefore || !equals(dose, doseBefore)) return false;
  return isWithin(last.entry.when, entry.when, limits.exemptWithinHours);
}

/** At the last fill nothing was left by calculation: therapy had been interrupted. */
function restarts({ earlier, session, entry }: Checked, limits: TitrationLimits): boolean {
  const filled = [...earlier, session].findLast(({ entry: { event } }) => event.type === 'refill');
  const left = filled?.residual?.expectedMl;
  if (!filled || !left || !equals(left, noVolume)) return false;
  return isWithin(filled.entry.when, entry.when, limits.exemptWithinHours);
}

const isChange = ({ changePercent }: Session): boolean => changePercent !== undefined && changePercent !== 0;

function outsideUsual(checked: Checked, limits: TitrationLimits, origins: readonly OriginLimits[]): Finding[] {
  const { baseline, entry, program } = checked;
  const { usualInChildren } = limits;
  const ofChild = usualInChildren && isBelowAge(baseline, usualInChildren.belowYears, dateOf(entry));
  const ranges = ofChild ? [usualInChildren] : origins.map(({ usualUgPerDay }) => usualUgPerDay);
  const dose = dailyDoseOf(program);
  const isOutside = ranges.every(
    (range) => range && dose && (isMore(ugPerDay(range.from), dose) || isMore(dose, ugPerDay(range.to))),
  );
  if (!isOutside) return [];
  const message = 'the maintenance dose is outside the usual range';
  return [{ code: 'dose-outside-usual-range', field: 'program.doseUgPerDay', message, severity: 'information' }];
}

/** What happens exactly at the end of the time is not within it; nor, for sure, is what has only a date. */
function isWithin(from: When, to: When, hours: number): boolean {
  return isExact(from) && isExact(to) && isMore(minutesAsDays(hours * 60), elapsed(from.earliest, to.earliest));
}

const dateOf = ({ when }: Checked['entry']): Temporal.PlainDate => localDate(when.earliest, when.zone);
