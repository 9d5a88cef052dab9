import type { ClinicalEvent, ClinicalEventOf, ClinicalType } from '../event/event.ts';
import type { Program, Reported } from '../event/program.ts';
import { alarmed, codeOf } from './alarms.ts';
import { batteryAfter } from './battery.ts';
import { countBoluses } from './bolus-count.ts';
import { concentrationRunning } from './bridge.ts';
import type { Before } from './checks/finding.ts';
import { checkEvent } from './checks.ts';
import { stop } from './delivery.ts';
import { explant, explantCatheter, implant, implantCatheter, revise } from './device-events.ts';
import { changePercent } from './dose.ts';
import type { Draft, PumpDraft } from './draft.ts';
import { residualOf } from './filling.ts';
import { withoutHeld } from './held-change.ts';
import type { Entry } from './history.ts';
import { outlook } from './outlook.ts';
import { bolus, emptied, interrogated, refill, reprogrammed } from './pump-session.ts';
import { quantity } from './quantity.ts';
import type { ResidualAssessment } from './residual.ts';

/** Folds one event into the draft. The pumps already stand at its instant. */
export function apply(draft: Draft, entry: Entry): void {
  const { event } = entry;
  if (event.type === 'complication') draft.complications.push(entry as Entry<ClinicalEventOf<'complication'>>);
  if (event.type === 'death') return died(draft, entry);
  if (!concernsPump.has(event.type)) return;
  if (concernsCatheterOnly(event)) return applyToCatheter(draft, entry, event);
  const pump = namesNewPump(event) ? draft.pumpOf(entry) : undefined;
  if (!pump) return holdWithoutPump(draft, entry);
  if (pump.life.explanted && needsImplanted.has(event.type)) {
    draft.flag(entry, pump, 'order-incomplete', 'the pump had been reported as explanted before');
  }
  const before: Before = { program: pump.program, reservoir: pump.reservoir, lastFill: pump.lastFill };
  pump.running = concentrationRunning(pump);
  noteCatheter(draft, pump, entry);
  noteReported(draft, pump, entry);
  const residual = applyToPump(draft, pump, entry, event);
  record(draft, pump, entry, before.program, residual);
  checkEvent(draft, pump, entry, before);
}

const concernsPump: ReadonlySet<ClinicalType> = new Set<ClinicalType>([
  'implant',
  'refill',
  'dose-change',
  'bolus',
  'interrogation',
  'alarm',
  'revision',
  'pump-stop',
  'restart',
  'explant',
  'reservoir-emptied',
]);

/** What can only happen to a pump that is implanted. It is kept all the same: the explant may be the wrong report. */
const needsImplanted: ReadonlySet<ClinicalType> = new Set<ClinicalType>(['refill', 'dose-change', 'bolus', 'restart']);

/** Whatever the pump does then is no therapy any more. */
function died(draft: Draft, entry: Entry): void {
  for (const pump of draft.implantedPumps()) {
    stop(draft, pump, entry, 'patient-died');
    pump.ended = true;
    pump.forecast = undefined;
  }
}

/** A catheter that any session names is known from then on, at the pump of the session. */
function noteCatheter(draft: Draft, pump: PumpDraft, entry: Entry): void {
  const { catheter, type } = entry.event;
  if (!catheter || placesCatheter.has(type)) return;
  const index = draft.namedCatheter(catheter, entry);
  if (!draft.catheters[index]?.pumpKey) draft.updateCatheter(index, { pumpKey: pump.life.key });
}

/** What implants or revises a catheter says itself what became of it. */
const placesCatheter: ReadonlySet<ClinicalType> = new Set<ClinicalType>(['implant', 'revision']);

type CatheterEvent = ClinicalEventOf<'implant'> | ClinicalEventOf<'explant'>;

function concernsCatheterOnly(event: ClinicalEvent): event is CatheterEvent {
  if (event.pump) return false;
  if (event.type === 'implant') return event.catheter !== undefined;
  return event.type === 'explant' && event.removed !== undefined && !event.removed.includes('pump');
}

function applyToCatheter(draft: Draft, entry: Entry, event: CatheterEvent): void {
  if (event.type === 'implant') implantCatheter(draft, entry, event, undefined);
  else explantCatheter(draft, undefined, entry, event);
}

/** An implanted pump may go unnamed where it is the only one; a new one may not. */
function namesNewPump(event: ClinicalEvent): boolean {
  const isNew = event.type === 'implant' || (event.type === 'revision' && replacesPump(event));
  return !isNew || event.pump !== undefined;
}

const replacesPump = ({ component, action }: ClinicalEventOf<'revision'>): boolean =>
  component === 'pump' && action === 'replaced';

function holdWithoutPump(draft: Draft, entry: Entry): void {
  draft.hold(entry, 'pump-unknown', 'no pump is named and not exactly one is implanted', 'pump');
  withoutHeld(draft, entry);
}

function applyToPump(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEvent,
): ResidualAssessment | undefined {
  switch (event.type) {
    case 'implant':
      return implant(draft, pump, entry, event);
    case 'refill':
      return refill(draft, pump, entry, event);
    case 'dose-change':
    case 'restart':
      return reprogrammed(draft, pump, entry, event);
    case 'interrogation':
      return interrogated(draft, pump, entry, event);
    case 'bolus':
      return bolus(draft, pump, entry, event);
    case 'revision':
      return revise(draft, pump, entry, event);
    case 'pump-stop':
      return stopped(draft, pump, entry, event);
    case 'explant':
      return explant(draft, pump, entry, event);
    case 'reservoir-emptied':
      return emptied(draft, pump, entry, event);
    case 'alarm':
      return alarmed(draft, pump, entry, event) as undefined;
    default:
      return undefined;
  }
}

function stopped(draft: Draft, pump: PumpDraft, entry: Entry, event: ClinicalEventOf<'pump-stop'>) {
  stop(draft, pump, entry, 'pump-stopped');
  return event.residual ? residualOf(draft, pump, entry, event.residual.measuredMl) : undefined;
}

/** What the programmer showed: boluses it counted, the alarm volume and the battery, which hold until it shows others. */
function noteReported(draft: Draft, pump: PumpDraft, entry: Entry): void {
  const { event, when } = entry;
  const reported: Reported = ('reported' in event ? event.reported : undefined) ?? batteryAlarm(draft, event);
  if (reported.patientBoluses) countBoluses(draft, pump, entry, reported.patientBoluses);
  if (reported.lowReservoirAlarmMl !== undefined) pump.alarmVolumeMl = quantity(reported.lowReservoirAlarmMl);
  pump.battery = batteryAfter(pump.battery, reported, when, draft.factsOf(pump), pump.life.implanted);
}

/** An alarm of the battery says what a programmer would. */
function batteryAlarm(draft: Draft, event: ClinicalEvent): Reported {
  const code = event.type === 'alarm' ? codeOf(draft, event) : undefined;
  return code === 'eri' || code === 'eos' ? { batteryStatus: code } : {};
}

/** Keeps what the event left behind, and renews the forecast from it. */
function record(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  before: Program | undefined,
  residual: ResidualAssessment | undefined,
): void {
  const program = pump.interrupted?.kind === 'uncertain' ? undefined : pump.program;
  pump.forecast = outlook(draft, pump);
  draft.sessions.push({
    pumpKey: pump.life.key,
    entry,
    program,
    changePercent: changePercent(before, program),
    reservoirMl: pump.reservoir.volumeMl,
    filledUgPerMl: pump.lastFill?.concentration,
    forecast: pump.forecast,
    battery: pump.battery,
    residual,
  });
}
