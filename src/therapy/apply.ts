import type { ClinicalEvent, ClinicalEventOf, ClinicalType } from '../event/event.ts';
import type { Program, Reported } from '../event/program.ts';
import { addBolus, addPriming, flagConcentrationChange, setProgram, stop } from './delivery.ts';
import { type CatheterLife, isImplanted, sameCatheter } from './device-life.ts';
import type { Draft, PumpDraft } from './draft.ts';
import { addFill, flagConcentrationMismatch, rebaseAfterPriming, residualOf } from './filling.ts';
import { forecast } from './forecast.ts';
import type { Entry } from './history.ts';
import { ml, quantity, ratio, subtract } from './quantity.ts';
import { fillTo } from './reservoir.ts';
import type { ResidualAssessment } from './residual.ts';
import { sameProgram } from './same-program.ts';
import { modelFacts } from './settings.ts';

/** Folds one event into the draft. The pumps already stand at its instant. */
export function apply(draft: Draft, entry: Entry): void {
  const { event } = entry;
  if (event.type === 'complication') draft.complications.push(entry as Entry<ClinicalEventOf<'complication'>>);
  if (!concernsPump.has(event.type)) return;
  if (event.type === 'implant' && !event.pump) return implantCatheter(draft, entry, event, undefined);
  const pump = draft.pumpOf(entry);
  if (!pump) return draft.hold(entry, 'pump-unknown', 'no pump is named and not exactly one is implanted', 'pump');
  if (pump.life.explanted && needsImplanted.has(event.type)) {
    draft.flag(entry, pump, 'order-incomplete', 'the pump had been reported as explanted before');
  }
  const before = pump.program;
  const residual = applyToPump(draft, pump, entry, event);
  record(draft, pump, entry, before, residual);
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

function applyToPump(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEvent,
): ResidualAssessment | undefined {
  if ('reported' in event) noteReported(pump, event.reported);
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
      stop(draft, pump, entry, 'pump-stopped');
      return undefined;
    case 'explant':
      return explant(draft, pump, entry, event);
    case 'reservoir-emptied': {
      const residual = residualOf(draft, pump, entry, event.residual?.measuredMl);
      pump.reservoir = fillTo(pump.reservoir, ml(0));
      return residual;
    }
    default:
      return undefined;
  }
}

function implant(draft: Draft, pump: PumpDraft, entry: Entry, event: ClinicalEventOf<'implant'>): undefined {
  pump.life = { ...pump.life, implanted: entry.when, explanted: undefined, explantReason: undefined };
  implantCatheter(draft, entry, event, pump.life.key);
  if (event.fill) addFill(draft, pump, entry, event.fill, undefined);
  if (event.prime) addPriming(draft, pump, entry, event.prime);
  if (event.fill) rebaseAfterPriming(pump);
  if (event.program) setProgram(draft, pump, entry, event.program, event.bridge);
  if (event.fill) flagConcentrationMismatch(draft, pump, entry, event.fill);
}

function implantCatheter(
  draft: Draft,
  entry: Entry,
  event: ClinicalEventOf<'implant'>,
  pumpKey: string | undefined,
): void {
  const only = draft.catheters.findIndex(isImplanted);
  const index = event.catheter ? draft.namedCatheter(event.catheter, entry) : event.catheterKept ? only : -1;
  if (index < 0) {
    if (!event.pump) draft.hold(entry, 'pump-unknown', 'the implant names neither pump nor catheter', 'pump');
    return;
  }
  const known = draft.catheters[index] as CatheterLife;
  const implanted = known.implanted ?? (event.catheterKept ? undefined : entry.when);
  draft.updateCatheter(index, { implanted, pumpKey: pumpKey ?? known.pumpKey });
}

function refill(draft: Draft, pump: PumpDraft, entry: Entry, event: ClinicalEventOf<'refill'>): ResidualAssessment {
  flagPrevious(draft, pump, entry, event.previousProgram);
  const residual = addFill(draft, pump, entry, event.fill, event.residual?.measuredMl);
  if (event.program) {
    if (!event.bridge && pump.program) flagConcentrationChange(draft, pump, entry, event.program);
    setProgram(draft, pump, entry, event.program, event.bridge);
  }
  flagConcentrationMismatch(draft, pump, entry, event.fill);
  return residual;
}

function reprogrammed(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEventOf<'dose-change'> | ClinicalEventOf<'restart'>,
): undefined {
  if (event.type === 'dose-change') flagPrevious(draft, pump, entry, event.previousProgram);
  if (event.type === 'restart' && event.prime) addPriming(draft, pump, entry, event.prime);
  const primed = event.type === 'restart' && event.prime !== undefined;
  if (!event.bridge && !primed) flagConcentrationChange(draft, pump, entry, event.program);
  setProgram(draft, pump, entry, event.program, event.bridge);
}

function interrogated(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEventOf<'interrogation'>,
): ResidualAssessment | undefined {
  const { program } = event;
  if (program && !(pump.program && sameProgram(pump.program, program))) {
    if (pump.program) {
      draft.flag(entry, pump, 'unreported-program-change', 'the programme read is not the last one reported');
    }
    setProgram(draft, pump, entry, program);
  }
  return event.residual ? residualOf(draft, pump, entry, event.residual.measuredMl) : undefined;
}

function bolus(draft: Draft, pump: PumpDraft, entry: Entry, event: ClinicalEventOf<'bolus'>): undefined {
  const given = event.bolus;
  switch (given.kind) {
    case 'single':
    case 'patient-activated':
      return addBolus(draft, pump, entry, given) as undefined;
    case 'priming':
      return addPriming(draft, pump, entry, given) as undefined;
    case 'bridge':
      if (pump.program) setProgram(draft, pump, entry, pump.program, given);
      else draft.hold(entry, 'program-incomplete', 'a bridge needs a known programme', 'bolus');
  }
}

function revise(draft: Draft, pump: PumpDraft, entry: Entry, event: ClinicalEventOf<'revision'>): undefined {
  if (event.component === 'catheter' && event.action === 'replaced') {
    const removed = draft.catheters.findIndex(
      (life) => isImplanted(life) && (!event.removedCatheter || sameCatheter(life.label, event.removedCatheter)),
    );
    if (removed >= 0) draft.updateCatheter(removed, { explanted: entry.when });
    if (event.catheter) {
      const index = draft.namedCatheter(event.catheter, entry);
      draft.updateCatheter(index, { implanted: entry.when, pumpKey: pump.life.key });
    }
  } else if (event.catheter) draft.namedCatheter(event.catheter, entry);
  if (event.component === 'pump' && event.action === 'replaced') replacePump(draft, pump, entry);
  if (event.fill) addFill(draft, pump, entry, event.fill, undefined);
  if (event.prime) addPriming(draft, pump, entry, event.prime);
  if (event.program) {
    if (!event.prime) flagConcentrationChange(draft, pump, entry, event.program);
    setProgram(draft, pump, entry, event.program);
  }
  if (event.fill) flagConcentrationMismatch(draft, pump, entry, event.fill);
}

/** The pump named is the new one: what was implanted until then is explanted, and the catheter joins the new pump. */
function replacePump(draft: Draft, pump: PumpDraft, entry: Entry): void {
  if (!entry.event.pump) return draft.hold(entry, 'pump-unknown', 'the new pump is not named', 'pump');
  for (const other of draft.pumps.values()) {
    if (other === pump || !isImplanted(other.life)) continue;
    stop(draft, other, entry, 'pump-explanted');
    other.life = { ...other.life, explanted: entry.when };
    for (const [index, life] of draft.catheters.entries()) {
      if (isImplanted(life) && life.pumpKey === other.life.key) draft.updateCatheter(index, { pumpKey: pump.life.key });
    }
  }
  pump.life = { ...pump.life, implanted: entry.when };
}

function explant(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  event: ClinicalEventOf<'explant'>,
): ResidualAssessment | undefined {
  const removed = event.removed ?? ['pump'];
  const residual = event.residual ? residualOf(draft, pump, entry, event.residual.measuredMl) : undefined;
  if (removed.includes('pump')) {
    stop(draft, pump, entry, 'pump-explanted');
    pump.life = { ...pump.life, explanted: entry.when, explantReason: event.reason };
  }
  if (removed.includes('catheter')) {
    const index = draft.catheters.findIndex((life) => isImplanted(life) && life.pumpKey === pump.life.key);
    if (index >= 0) draft.updateCatheter(index, { explanted: entry.when });
  }
  return residual;
}

/** The alarm volume that the programmer reported holds until it reports another. */
function noteReported(pump: PumpDraft, reported: Reported | undefined): void {
  if (reported?.lowReservoirAlarmMl !== undefined) pump.alarmVolumeMl = quantity(reported.lowReservoirAlarmMl);
}

function flagPrevious(draft: Draft, pump: PumpDraft, entry: Entry, previous: Program | undefined): void {
  if (previous && pump.program && !sameProgram(pump.program, previous)) {
    draft.flag(entry, pump, 'previous-program-differs', 'the previous programme is not the last one known');
  }
}

/** Keeps what the event left behind, and renews the forecast from it. */
function record(
  draft: Draft,
  pump: PumpDraft,
  entry: Entry,
  before: Program | undefined,
  residual: ResidualAssessment | undefined,
): void {
  const stabilityDays =
    modelFacts(draft.settings, pump.life.label.model)?.stabilityDays ?? draft.settings.stabilityDays;
  pump.forecast = isImplanted(pump.life)
    ? forecast(pump.reservoir, pump.forecast, pump.lastFill?.filledOn, draft.alarmVolumeOf(pump), pump.zone, {
        stabilityDays,
        refillMarginDays: draft.settings.refillMarginDays,
      })
    : undefined;
  draft.sessions.push({
    pumpKey: pump.life.key,
    entry,
    program: pump.program,
    changePercent: changePercent(before, pump.program),
    reservoirMl: pump.reservoir.volumeMl,
    forecast: pump.forecast,
    residual,
  });
}

function changePercent(before: Program | undefined, now: Program | undefined): number | undefined {
  const old = before && 'doseUgPerDay' in before ? before.doseUgPerDay : undefined;
  const next = now && 'doseUgPerDay' in now ? now.doseUgPerDay : undefined;
  if (old === undefined || next === undefined) return undefined;
  return ratio(subtract(quantity(next), quantity(old)), quantity(old))
    ?.times(100)
    .toDecimalPlaces(2)
    .toNumber();
}
