import type { Program } from '../event/program.ts';
import { isImplanted } from './device-life.ts';
import { concentrationOf, type Draft, type PumpDraft } from './draft.ts';
import { type Forecast, forecast } from './forecast.ts';
import { modelFacts } from './model-facts.ts';
import { days, flowOver, type MlPerDay, quantity, times, volumeOf } from './quantity.ts';

/**
 * What is to come of a pump as it stands,  the facts of its model where there are any, else the site's. Nothing is
 * while the reservoir is emptied on purpose, and nothing after the patient's death.
 */
export function outlook(draft: Draft, pump: PumpDraft): Forecast | undefined {
  if (!isImplanted(pump.life) || pump.emptied || pump.ended) return undefined;
  const { settings } = draft;
  const facts = modelFacts(settings, pump.life.label);
  return forecast(pump.reservoir, {
    previous: pump.forecast,
    filledOn: pump.lastFill?.filledOn,
    alarmVolumeMl: draft.alarmVolumeOf(pump),
    allottedMlPerDay: facts?.assumesPatientBoluses ? allotted(pump.program) : undefined,
    zone: pump.zone,
    stabilityDays: facts?.stabilityDays ?? settings.stabilityDays,
    refillMarginDays: settings.refillMarginDays,
  });
}

/** The volume of all patient-activated boluses that the programme allots to a day. */
function allotted(program: Program | undefined): MlPerDay | undefined {
  const concentration = concentrationOf(program);
  const bolus = program && 'patientBolus' in program ? program.patientBolus : undefined;
  if (!concentration || bolus?.maxPerDay === undefined) return undefined;
  return flowOver(volumeOf(times(quantity(bolus.doseUg), bolus.maxPerDay), concentration), days(1));
}
