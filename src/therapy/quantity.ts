import { Decimal } from 'decimal.js';
import type { Measured } from '../event/units.ts';

/**
 * Decimal quantities with their UCUM unit in the type. They are opaque: only the functions below compute with them, so
 * only arithmetic that means something compiles, and 2 mg/mL never becomes 2000.0000000000002 ug/mL.
 */
export interface Quantity<Unit extends string> {
  readonly [unitOf]: Unit;
}
declare const unitOf: unique symbol;

/** The unit of the other operand decides: without it, TypeScript would infer "ug or mL" and add them. */
type Same<Unit extends string> = Quantity<NoInfer<Unit>>;

export type Ml = Quantity<'mL'>;
export type Ug = Quantity<'ug'>;
export type UgPerMl = Quantity<'ug/mL'>;
export type UgPerDay = Quantity<'ug/d'>;
export type MlPerDay = Quantity<'mL/d'>;
export type Days = Quantity<'d'>;

const millisecondsPerDay = 86_400_000;

/** A sender's number with its unit, as a decimal. */
export function quantity<Unit extends string>(value: Measured<Unit>): Quantity<Unit> {
  return made(new Decimal(value as number));
}

export const ml = (value: number | string): Ml => made(new Decimal(value));
export const days = (value: number | string): Days => made(new Decimal(value));
export const noVolume: Ml = ml(0);

export function add<Unit extends string>(a: Quantity<Unit>, b: Same<Unit>): Quantity<Unit> {
  return made(inside(a).plus(inside(b)));
}

export function subtract<Unit extends string>(a: Quantity<Unit>, b: Same<Unit>): Quantity<Unit> {
  return made(inside(a).minus(inside(b)));
}

export function smaller<Unit extends string>(a: Quantity<Unit>, b: Same<Unit>): Quantity<Unit> {
  return inside(a).lte(inside(b)) ? a : b;
}

export function isMore<Unit extends string>(a: Quantity<Unit>, b: Same<Unit>): boolean {
  return inside(a).gt(inside(b));
}

export function equals<Unit extends string>(a: Quantity<Unit>, b: Same<Unit>): boolean {
  return inside(a).eq(inside(b));
}

export function magnitude<Unit extends string>(a: Quantity<Unit>): Quantity<Unit> {
  return made(inside(a).abs());
}

/** a ÷ b of like quantities; undefined where b is zero. */
export function ratio<Unit extends string>(a: Quantity<Unit>, b: Same<Unit>): Decimal | undefined {
  return inside(b).isZero() ? undefined : inside(a).div(inside(b));
}

/** The volume that a pump moves a day to give this dose: ug/d ÷ ug/mL. */
export function flowOf(dose: UgPerDay, concentration: UgPerMl): MlPerDay {
  return made(inside(dose).div(inside(concentration)));
}

/** The dose that a flow of this concentration gives a day: mL/d × ug/mL. */
export function doseOf(flow: MlPerDay, concentration: UgPerMl): UgPerDay {
  return made(inside(flow).times(inside(concentration)));
}

export function volumeOf(drug: Ug, concentration: UgPerMl): Ml {
  return made(inside(drug).div(inside(concentration)));
}

export function massOf(volume: Ml, concentration: UgPerMl): Ug {
  return made(inside(volume).times(inside(concentration)));
}

export function volumeMoved(flow: MlPerDay, elapsed: Days): Ml {
  return made(inside(flow).times(inside(elapsed)));
}

/** How long a flow takes to move a volume; undefined where nothing flows. */
export function timeToMove(volume: Ml, flow: MlPerDay): Days | undefined {
  return inside(flow).isZero() ? undefined : made(inside(volume).div(inside(flow)));
}

/** `count` times a quantity; a fraction of it where count is below one. */
export function times<Unit extends string>(value: Quantity<Unit>, count: Decimal.Value): Quantity<Unit> {
  return made(inside(value).times(count));
}

/** How often the whole fits, and what is left. */
export function divide<Unit extends string>(value: Quantity<Unit>, whole: Same<Unit>): [number, Quantity<Unit>] {
  const count = inside(value).div(inside(whole)).floor();
  return [count.toNumber(), made(inside(value).minus(inside(whole).times(count)))];
}

/** How long a dose takes to clear a mass of drug. */
export function timeToClear(drug: Ug, dose: UgPerDay): Days {
  return made(inside(drug).div(inside(dose)));
}

export function flowOver(volume: Ml, elapsed: Days): MlPerDay {
  return made(inside(volume).div(inside(elapsed)));
}

/** Elapsed time on UTC instants, never calendar days: a day here is 24 h. */
export function elapsed(from: Temporal.Instant, to: Temporal.Instant): Days {
  return made(new Decimal(to.epochMilliseconds - from.epochMilliseconds).div(millisecondsPerDay));
}

/** As far as we count: FHIR years have four digits, and what a sender mistyped must not leave the calendar. */
export const endOfCount: Temporal.Instant = Temporal.Instant.from('9999-12-30T00:00:00Z');

export function after(start: Temporal.Instant, time: Days): Temporal.Instant {
  const ms = inside(time).times(millisecondsPerDay).toDecimalPlaces(0, Decimal.ROUND_HALF_UP);
  const most = endOfCount.epochMilliseconds - start.epochMilliseconds;
  return start.add({ milliseconds: Decimal.min(ms, most).toNumber() });
}

export const hoursAsDays = (hours: Measured<'h'>): Days => made(new Decimal(hours as number).div(24));
export const minutesAsDays = (minutes: number): Days => made(new Decimal(minutes).div(1440));

/** The edge to plain numbers: rounded half-up to so many decimals. */
export function toNumber(value: Quantity<string>, decimals: number): number {
  return inside(value).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP).toNumber();
}

/** All its digits, to be kept and read again by `fromText`. */
export const toText = (value: Quantity<string>): string => inside(value).toString();

export const fromText = <Unit extends string>(text: string): Quantity<Unit> => made(new Decimal(text));

function inside(value: Quantity<string>): Decimal {
  return value as unknown as Decimal;
}

function made<Unit extends string>(value: Decimal): Quantity<Unit> {
  return value as unknown as Quantity<Unit>;
}
