import type { Device, MedicationAdministration, MedicationRequest, Observation } from '@medplum/fhirtypes';
import { problemCodes } from '../../event/problem.ts';
import { itb } from '../../fhir/systems.ts';
import { amountIn, codeFrom, numberIn, type Part, partsOf } from './components.ts';
import type { Found } from './document.ts';
import { type Facts, said } from './facts.ts';
import { codeIn } from './meaning.ts';
import { all, compareInstants, named, one, type Report, runningThrough } from './report.ts';
import { concentrationInWords, drugInWords, patternInWords, stepInWords } from './words.ts';

/**
 * The programme after a session, from its panel: each value has a component of its own there. The concentration stands
 * in the instructions of the regimen, for the panel tells that of the drug that was filled.
 */
export function programmeOf(report: Report, pump: Found<Device> | undefined, at: string): Facts {
  const panel = one<Observation>(report, 'pumpStatus');
  const mode = codeIn(partsOf(panel, 'infusion-mode')[0]?.component.valueCodeableConcept, itb.infusionMode);
  if (!panel || mode === undefined) return fromInfusion(report);
  const concentration = concentrationOf(report, pump, at);
  return [
    ...codeFrom('program.mode', panel, 'infusion-mode', itb.infusionMode),
    ...(isOfFlow(panel, mode, concentration) ? [] : doseOf(panel, mode)),
    ...(mode === 'stopped' || mode === 'single-bolus' ? [] : amountIn('program.rateMlPerDay', panel, 'flow-rate')),
    ...concentration,
    ...otherDrugs(report, panel),
    ...(mode === 'flex' ? patterns(panel) : []),
    ...(mode === 'single-bolus' ? bolus('single', 'program.bolus', panel) : []),
    ...(mode === 'periodic-bolus' ? bolus('periodic', 'program.bolus', panel) : []),
    ...amountIn('program.bolus.intervalHours', panel, 'periodic-bolus-interval'),
    ...bolus('patient', 'program.patientBolus', panel),
    ...amountIn('program.patientBolus.lockoutMinutes', panel, 'patient-bolus-lockout'),
    ...numberIn('program.patientBolus.maxPerDay', panel, 'patient-bolus-maximum', '/d'),
  ];
}

/**
 * Whether the report itself programmed the pump: it has a regimen of its own, or an infusion that began with it. What runs
 * again after an alarm of its log was programmed by another.
 */
export function isProgrammedBy(report: Report, at: string): boolean {
  if (one(report, 'regimen')) return true;
  return all<MedicationAdministration>(report, 'infusion').some((infusion) => isBegunAt(infusion, at));
}

function isBegunAt({ resource: { effectivePeriod } }: Found<MedicationAdministration>, at: string): boolean {
  const { start = '' } = effectivePeriod ?? {};
  return start.includes('T') && at.includes('T') && compareInstants(start, at) === 0;
}

/** Of a session without a panel: the infusion that it began, and its regimen. */
function fromInfusion(report: Report): Facts {
  const infusion = all<MedicationAdministration>(report, 'infusion').find(isNoBridge);
  const { method, rateQuantity, rateRatio } = infusion?.resource.dosage ?? {};
  const total = rateRatio?.numerator && rateRatio.denominator?.value === 1 ? rateRatio.numerator.value : undefined;
  const dose = rateQuantity ? { value: rateQuantity.value, unit: rateQuantity.code ?? '' } : total;
  return [
    ...said('program.mode', codeIn(method, itb.infusionMode), infusion, 'dosage.method'),
    ...said('program.doseUgPerDay', dose, infusion, 'dosage.rate'),
    ...said(
      'program.concentrationUgPerMl',
      concentrationInWords(infusion?.resource.dosage?.text),
      infusion,
      'dosage.text',
    ),
  ];
}

const isNoBridge = ({ resource }: Found<MedicationAdministration>): boolean =>
  codeIn(resource.dosage?.method, itb.infusionMode) !== undefined;

/** A mode that needs no dose may state flow and concentration alone: what the panel tells is then their product. */
function isOfFlow(panel: Found<Observation>, mode: string, concentration: Facts): boolean {
  if (mode !== 'minimum-rate' && mode !== 'patient-activated') return false;
  const [flow, dose] = ['flow-rate', 'programmed-daily-dose'].map(
    (code) => partsOf(panel, code)[0]?.component.valueQuantity?.value,
  );
  const [first] = concentration;
  const stated = first && 'field' in first ? first.value : undefined;
  const ugPerMl = typeof stated === 'number' ? stated : (stated as { value?: number } | undefined)?.value;
  if (flow === undefined || dose === undefined || ugPerMl === undefined) return false;
  return Math.abs(flow * ugPerMl - dose) <= 0.001;
}

/** Where every weekday has its own pattern, no daily dose is told: then it is that of the steps. */
function doseOf(panel: Found<Observation>, mode: string): Facts {
  const stated = amountIn('program.doseUgPerDay', panel, 'programmed-daily-dose');
  if (mode === 'stopped' || mode === 'single-bolus') return [];
  if (stated.length > 0 || mode !== 'flex') return stated;
  const steps = partsOf(panel, 'flex-step').map(
    ({ component }) => stepInWords(component.valueString ?? '')?.doseUg ?? 0,
  );
  return said(
    'program.doseUgPerDay',
    steps.reduce((sum, doseUg) => sum + doseUg, 0),
    panel,
    'component',
  );
}

/**
 * From its own regimen; else from that of what runs on through the session, for a bridge tells the drug that it clears;
 * else the panel's, where nothing was filled.
 */
function concentrationOf(report: Report, pump: Found<Device> | undefined, at: string): Facts {
  const field = 'program.concentrationUgPerMl';
  const began = all<MedicationAdministration>(report, 'infusion').filter((infusion) => isBegunAt(infusion, at));
  const running = began.find(isNoBridge) ?? began[0] ?? runningThrough(report, pump, at);
  const regimen =
    one<MedicationRequest>(report, 'regimen') ?? named<MedicationRequest>(report, running?.resource.request, running);
  const inRegimen = instructionWithDrug(regimen);
  if (inRegimen) return said(field, inRegimen.value, regimen, inRegimen.element);
  const inInfusion = running && isNoBridge(running) ? concentrationInWords(running.resource.dosage?.text) : undefined;
  if (inInfusion !== undefined) return said(field, inInfusion, running, 'dosage.text');
  const panel = one<Observation>(report, 'pumpStatus');
  return one(report, 'reservoirFill') && !isOfFill(panel) ? [] : amountIn(field, panel, 'drug-concentration');
}

/** At rest nothing tells what the pump was set to but the drug that was filled, unless the panel says that they differ. */
function isOfFill(panel: Found<Observation> | undefined): boolean {
  const doubts: readonly string[] = [problemCodes['concentration-mismatch'], problemCodes['program-incomplete']];
  return !panel?.resource.note?.some(({ text }) => doubts.some((doubt) => text?.endsWith(doubt)));
}

function instructionWithDrug(regimen: Found<MedicationRequest> | undefined) {
  const instructions = regimen?.resource.dosageInstruction ?? [];
  for (const [n, { text, method }] of instructions.entries()) {
    const value = concentrationInWords(text);
    const isBridge = codeIn(method, itb.administration) === 'bridge-bolus';
    if (value !== undefined && !isBridge) return { value, element: `dosageInstruction[${n}].text` };
  }
  return undefined;
}

/** What is told of a session with a fill are the drugs of the fill. */
function otherDrugs(report: Report, panel: Found<Observation>): Facts {
  if (one(report, 'reservoirFill')) return [];
  return partsOf(panel, 'additional-drug').flatMap(({ component, element }, n) =>
    component.valueString === undefined
      ? []
      : said(`program.additionalDrugs[${n}]`, drugInWords(component.valueString), panel, `${element}.value`),
  );
}

function patterns(panel: Found<Observation>): Facts {
  const read = (field: string, code: string, words: (text: string) => object | undefined) =>
    partsOf(panel, code).flatMap(({ component, element }: Part, n) =>
      said(`${field}[${n}]`, words(component.valueString ?? '') ?? {}, panel, `${element}.value`),
    );
  return [
    ...read('program.flexSteps', 'flex-step', stepInWords),
    ...read('program.weekdayPatterns', 'weekday-pattern', patternInWords),
  ];
}

const bolus = (kind: string, field: string, panel: Found<Observation>): Facts => [
  ...amountIn(`${field}.doseUg`, panel, `${kind}-bolus-dose`),
  ...amountIn(`${field}.durationMinutes`, panel, `${kind}-bolus-duration`),
];
