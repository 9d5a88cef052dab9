import fc from 'fast-check';
import { report } from './reports.ts';

export const zone = 'America/New_York';
const begin = Temporal.Instant.from('2024-03-05T15:20:00Z');
export const tubingMl = 0.3;
const pump = { manufacturer: 'Medtronic', model: '8637-40', serialNumber: 'NGP720001H', tubingMl };
export const msPerDay = 86_400_000;
export const concentrations = fc.constantFrom(500, 1000, 2000);
export const doseUgPerDay = fc.integer({ min: 20, max: 900 });
const fillMl = 1e5;

type Act =
  | { readonly kind: 'dose'; readonly dose: number; readonly shape: Shape }
  | { readonly kind: 'concentration'; readonly concentration: number; readonly dose: number; readonly shape: Shape }
  | { readonly kind: 'refill' }
  | { readonly kind: 'bolus'; readonly doseUg: number }
  | { readonly kind: 'stall'; readonly minutes: number };
type Shape = 'simple-continuous' | 'flex' | 'periodic-bolus';
export type Timed = Act & { readonly gapMinutes: number };

const shape = fc.constantFrom<Shape>('simple-continuous', 'flex', 'periodic-bolus');
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('dose' as const), dose: doseUgPerDay, shape }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('concentration' as const),
      concentration: concentrations,
      dose: doseUgPerDay,
      shape,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'refill' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('bolus' as const), doseUg: fc.integer({ min: 1, max: 80 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('stall' as const), minutes: fc.integer({ min: 1, max: 3000 }) }),
  },
);
const gapMinutes = fc.oneof(fc.integer({ min: 1, max: 1500 }), fc.integer({ min: 3000, max: 30_000 }));
const acts = fc.array(
  fc.tuple(gapMinutes, act).map(([gap, one]): Timed => ({ gapMinutes: gap, ...one })),
  { minLength: 2, maxLength: 7 },
);
export const bridgedTherapy = fc.record({
  concentration: concentrations,
  dose: doseUgPerDay,
  catheterMl: fc.constantFrom(0.1, 0.185, 0.4),
  acts,
});

function program(mode: Shape, concentrationUgPerMl: number, dose: number) {
  const basis = { mode, concentrationUgPerMl, doseUgPerDay: dose };
  if (mode === 'periodic-bolus') return { ...basis, bolus: { doseUg: 10, durationMinutes: 5, intervalHours: 4 } };
  if (mode === 'simple-continuous') return basis;
  const night = Math.round(dose / 4);
  const flexSteps = [
    { start: '06:00', end: '22:00', doseUg: dose - night },
    { start: '22:00', end: '06:00', doseUg: night },
  ];
  return { ...basis, flexSteps };
}

/** What a clinic does to a pump whose tubing it knows, and the events that tell of it. */
export class Clinic {
  readonly events: ReturnType<typeof report>[] = [];
  readonly instants: Temporal.Instant[] = [];
  private at = begin;
  private concentration: number;
  private set: { mode: Shape; dose: number };
  private bridgeEnds: Temporal.Instant = begin;
  private readonly pipeMl: number;

  constructor(concentration: number, dose: number, catheterMl: number) {
    this.pipeMl = tubingMl + catheterMl;
    this.concentration = concentration;
    this.set = { mode: 'simple-continuous', dose };
    const catheter = { manufacturer: 'Medtronic', lotNumber: 'LOT-C1', volumeMl: catheterMl };
    const filled = { fill: this.fill(), prime: { volumeMl: this.pipeMl } };
    this.tell('implant', { ...filled, catheter, program: this.program() });
  }

  perform(one: Timed): void {
    this.at = this.at.add({ minutes: one.gapMinutes });
    const isBridging = Temporal.Instant.compare(this.at, this.bridgeEnds) <= 0;
    if (one.kind === 'refill') return this.tell('refill', { fill: this.fill() });
    if (one.kind === 'stall') return this.stall(one.minutes);
    if (one.kind === 'bolus') {
      const bolus = { kind: 'single', doseUg: one.doseUg, durationMinutes: 5 };
      if (!isBridging) this.tell('bolus', { bolus });
      return;
    }
    this.set = { mode: one.shape, dose: one.dose };
    if (one.kind === 'dose') return this.reprogram(isBridging);
    if (!isBridging && one.concentration !== this.concentration) this.exchange(one.concentration);
  }

  /** The dose of a running bridge changes: what is left of it takes at most as long as all of it would. */
  private reprogram(isBridging: boolean): void {
    if (isBridging) this.bridgeEnds = this.at.add({ milliseconds: this.clearingMs(2000) });
    this.tell('dose-change', { program: this.program() });
  }

  private exchange(concentration: number): void {
    const durationHours = (this.pipeMl * this.concentration * 24) / this.set.dose;
    this.bridgeEnds = this.at.add({ milliseconds: this.clearingMs(this.concentration) });
    this.concentration = concentration;
    this.tell('refill', {
      fill: this.fill(),
      program: this.program(),
      bridge: { volumeMl: this.pipeMl, durationHours },
    });
  }

  /** No bridge: the old drug is pushed out at the new rate. Looked at amid the clearing; then it is waited for. */
  exchangeUnbridged(concentration: number, dose: number, percent: number): void {
    this.at = this.at.add({ hours: 1 });
    this.set = { mode: 'simple-continuous', dose };
    this.concentration = concentration;
    const clearingMs = this.clearingMs(concentration);
    this.tell('refill', { fill: this.fill(), program: this.program() });
    this.instants.push(this.at.add({ milliseconds: Math.floor((clearingMs * percent) / 100) }));
    this.at = this.at.add({ milliseconds: clearingMs });
  }

  /** A bridge that stood still ends so much later. */
  private stall(minutes: number): void {
    this.tell('alarm', { code: 'motor-stall' });
    this.at = this.at.add({ minutes });
    this.bridgeEnds = this.bridgeEnds.add({ minutes });
    this.tell('alarm', { code: 'motor-stall-recovered' });
  }

  private clearingMs(concentration: number): number {
    return Math.ceil(((this.pipeMl * concentration) / this.set.dose) * msPerDay) + 1;
  }

  private readonly program = () => program(this.set.mode, this.concentration, this.set.dose);
  private readonly fill = () => ({ volumeMl: fillMl, concentrationUgPerMl: this.concentration });

  private tell(type: string, fields: Record<string, unknown>): void {
    this.instants.push(this.at);
    const at = this.at.toZonedDateTimeISO(zone).toString({ timeZoneName: 'never' });
    this.events.push(report(type, `M${this.events.length}`, at, { ...fields, pump, sequence: this.events.length }));
  }
}
