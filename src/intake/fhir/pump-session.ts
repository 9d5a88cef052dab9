import type {
  CodeableConcept,
  Device,
  Medication,
  MedicationAdministration,
  MedicationRequest,
  Observation,
  Procedure,
  Quantity,
} from '@medplum/fhirtypes';
import { external, itb } from '../../fhir/systems.ts';
import { amountIn, amountOrNull, codeFrom, numberIn, partsOf, plainIn } from './components.ts';
import { catheterLabel, pumpLabel } from './device.ts';
import type { Found } from './document.ts';
import { amount, type Facts, said } from './facts.ts';
import { codeIn } from './meaning.ts';
import type { FhirContext } from './read.ts';
import { devicesBy, isFirstToName, made, named, one, type Report } from './report.ts';
import { tipInWords, volumeInWords } from './words.ts';

/** What a session with a pump left behind, whatever kind it was. */

/** The pump that it was about: the one that was put in, where one was, else the one that was touched or read. */
export function pumpOf(report: Report): Found<Device> | undefined {
  for (const action of ['implanted', 'manipulated', 'explanted']) {
    const pump = devicesBy(report, action).find(isPump);
    if (pump) return pump;
  }
  for (const { found } of report.resources) {
    const { device, focus } = found.resource as MedicationAdministration & Observation;
    const [reference] = [device, focus].flat().flatMap((each) => each ?? []);
    const pump = named<Device>(report, reference, found);
    if (pump && isPump(pump)) return pump;
  }
  return undefined;
}

export const isPump = ({ resource }: Found<Device>): boolean => {
  const type = codeIn(resource.type, itb.deviceType);
  return type !== undefined && type !== 'intrathecal-catheter';
};

const isCatheter = ({ resource }: Found<Device>): boolean =>
  codeIn(resource.type, itb.deviceType) === 'intrathecal-catheter';

/** Pump and catheter as labelled, and what the panel says of where they are. */
export function devices(report: Report): Facts {
  const pump = pumpOf(report);
  const catheter = catheterOf(report);
  const panel = one<Observation>(report, 'pumpStatus');
  return [
    ...(pump ? asLabelled(pumpLabel('pump', pump), report, pump) : []),
    ...(catheter ? asLabelled(catheterLabel('catheter', catheter), report, catheter) : []),
    ...(pump ? plainIn('pump.implantedOnSource', panel, 'pump-implant-date-source', 'valueString') : []),
    ...(catheter ? tipInPanel(panel) : []),
  ];
}

/**
 * Date and place of an implantation that nobody reported are told in a note of the Device and, where a session named
 * them, in its panel: they are stated by the report that first named the device, unless it has a panel of its own.
 */
function asLabelled(label: Facts, report: Report, device: Found<Device>): Facts {
  const isTold = one(report, 'pumpStatus') !== undefined || isFirstToName(report, device) === false;
  return isTold ? label.filter((fact) => !('field' in fact && inPanel.test(fact.field))) : label;
}

const inPanel = /\.(implantedOnSource|tipLevel|tipLevelSource)$|^pump\.implantedOn$/;

/**
 * One that the Procedure names, or that this report was the first to name. Which one a new pump joined follows from what
 * was implanted before: its Procedure also names one that a later report connected to it.
 */
function catheterOf(report: Report): Found<Device> | undefined {
  const put = devicesBy(report, 'implanted').find(isCatheter);
  if (put) return put;
  const isJoining = codeIn(one<Procedure>(report, 'procedure')?.resource.code, itb.procedure) === 'pump-implant';
  const touched = isJoining ? undefined : devicesBy(report, 'manipulated').find(isCatheter);
  return touched ?? firstNamed(report);
}

const firstNamed = (report: Report): Found<Device> | undefined => {
  const targets = report.provenance?.resource.target.flatMap(
    (each) => named<Device>(report, each, report.provenance) ?? [],
  );
  return targets?.find(
    (each) => each.resource.resourceType === 'Device' && isCatheter(each) && isFirstToName(report, each),
  );
};

function tipInPanel(panel: Found<Observation> | undefined): Facts {
  return [
    ...partsOf(panel, 'catheter-tip-level').flatMap(({ component, element }) =>
      said(
        'catheter.tipLevel',
        tipInWords(component.valueCodeableConcept?.text ?? '')?.level,
        panel,
        `${element}.value.text`,
      ),
    ),
    ...codeFrom('catheter.tipLevelSource', panel, 'catheter-tip-level-source', itb.factSource),
  ];
}

/** A catheter that was taken out, and one that was left behind. */
export const removedCatheter = (report: Report): Found<Device> | undefined =>
  devicesBy(report, 'explanted').find(isCatheter);

export function isCatheterAbandoned(report: Report): boolean {
  const { provenance } = report;
  const targets = provenance?.resource.target.flatMap((each) => named<Device>(report, each, provenance) ?? []) ?? [];
  return targets.some(
    (each) =>
      isCatheter(each) &&
      made(report, each) &&
      each.resource.statusReason?.some((reason) => codeIn(reason, itb.deviceStatusReason) === 'catheter-abandoned'),
  );
}

/** What was filled: the Medication of the fill, the volume of its administration; else what the panel says of both. */
export function fill(report: Report, context: FhirContext): Facts {
  const given = one<MedicationAdministration>(report, 'reservoirFill');
  const panel = one<Observation>(report, 'pumpStatus');
  const programmed = amountIn('fill.programmedVolumeMl', panel, 'programmed-fill-volume');
  if (!given) {
    const volume = amountIn('fill.volumeMl', panel, 'fill-volume');
    if (volume.length === 0) return [];
    return [...volume, ...amountIn('fill.concentrationUgPerMl', panel, 'drug-concentration'), ...programmed];
  }
  const medication = one<Medication>(report, 'medication');
  return [
    ...amount('fill.volumeMl', given.resource.dosage?.dose, given, 'dosage.dose'),
    ...(medication ? drugFilled(medication, context) : []),
    ...programmed,
  ];
}

function drugFilled(medication: Found<Medication>, context: FhirContext): Facts {
  const { ingredient = [], batch, code } = medication.resource;
  const n = ingredient.findIndex(({ itemCodeableConcept }) => isBaclofen(itemCodeableConcept));
  const others = ingredient.filter((_, place) => place !== n);
  const product = others.length > 0 ? ingredient[n]?.itemCodeableConcept : code;
  const element = others.length > 0 ? `ingredient[${n}].item` : 'code';
  const plain = context.codes.lookUp(itb.administration, 'baclofen')?.display;
  const strengthAt = (place: number) => `ingredient[${place}].strength`;
  return [
    ...strength('fill.concentrationUgPerMl', medication, n, strengthAt(n)),
    ...others.flatMap((other, place) => [
      ...said(`fill.additionalDrugs[${place}].name`, other.itemCodeableConcept?.text, medication, 'ingredient'),
      ...strength(
        `fill.additionalDrugs[${place}].concentrationUgPerMl`,
        medication,
        ingredient.indexOf(other),
        strengthAt(ingredient.indexOf(other)),
      ),
    ]),
    ...said('fill.productName', product?.text === plain ? undefined : product?.text, medication, `${element}.text`),
    ...said('fill.ndc', codeIn(product, external.ndc), medication, `${element}.coding`),
    ...said('fill.lotNumber', batch?.lotNumber, medication, 'batch.lotNumber'),
    ...said('fill.expirationDate', batch?.expirationDate, medication, 'batch.expirationDate'),
  ];
}

const isBaclofen = (concept: CodeableConcept | undefined): boolean =>
  codeIn(concept, external.unii) === 'H789N3FKE8' || codeIn(concept, itb.administration) === 'baclofen';

/** Micrograms in one millilitre; of any other denominator nothing is converted. */
function strength(field: string, medication: Found<Medication>, place: number, element: string): Facts {
  const { numerator, denominator } = medication.resource.ingredient?.[place]?.strength ?? {};
  if (!numerator) return [];
  const isPerMl = denominator?.value === 1 && (denominator.code ?? denominator.unit) === 'mL';
  const unit = isPerMl ? `${numerator.code ?? numerator.unit}/mL` : '?';
  return amount(field, { ...numerator, code: unit }, medication, element);
}

/** What was left in the reservoir. */
export function residual(report: Report): Facts {
  const panel = one<Observation>(report, 'pumpStatus');
  return [
    ...amountOrNull('residual.measuredMl', panel, 'measured-residual-volume'),
    ...amountOrNull('residual.expectedMl', panel, 'expected-residual-volume'),
    ...numberIn('residual.differenceMl', panel, 'reported-residual-discrepancy', 'mL'),
  ];
}

/** What the programmer showed. */
export function reported(report: Report): Facts {
  const panel = one<Observation>(report, 'pumpStatus');
  return [
    ...amountIn('reported.reservoirMl', panel, 'reported-reservoir-volume'),
    ...amountIn('reported.lowReservoirAlarmMl', panel, 'low-reservoir-alarm-volume'),
    ...plainIn('reported.lowReservoirAlarmDate', panel, 'reported-low-reservoir-alarm-date', 'valueDateTime'),
    ...plainIn('reported.refillDueDate', panel, 'reported-refill-due-date', 'valueDateTime'),
    ...numberIn('reported.refillIntervalDays', panel, 'reported-refill-interval', 'd'),
    ...amountIn('reported.criticalAlarmIntervalMinutes', panel, 'critical-alarm-interval'),
    ...codeFrom('reported.batteryStatus', panel, 'battery-status', itb.batteryStatus),
    ...amountIn('reported.monthsToEri', panel, 'months-to-eri'),
    ...plainIn('reported.eriDate', panel, 'eri-date', 'valueDateTime'),
    ...plainIn('reported.estimatedReplacementDate', panel, 'estimated-replacement-date', 'valueDateTime'),
    ...plainIn('reported.patientBoluses.delivered', panel, 'patient-boluses-delivered', 'valueInteger'),
    ...plainIn('reported.patientBoluses.denied', panel, 'patient-boluses-denied', 'valueInteger'),
    ...plainIn('reported.patientBoluses.since', panel, 'patient-boluses-since', 'valueDateTime'),
  ];
}

/**
 * Old drug to be cleared: in the panel, else in the instructions of the regimen that the report began. `field`: `bridge`,
 * or `bolus` where the bridge was given on its own.
 */
export function bridge(report: Report, field: string): Facts {
  const panel = one<Observation>(report, 'pumpStatus');
  const inPanel = [
    ...amountIn(`${field}.volumeMl`, panel, 'bridge-volume'),
    ...amountIn(`${field}.durationHours`, panel, 'bridge-duration'),
  ];
  return inPanel.length > 0 ? inPanel : bridgeInstructed(report, field);
}

function bridgeInstructed(report: Report, field: string): Facts {
  const regimen = one<MedicationRequest>(report, 'regimen');
  return (regimen?.resource.dosageInstruction ?? []).flatMap(({ text, method, timing }, n) => {
    if (codeIn(method, itb.administration) !== 'bridge-bolus') return [];
    const element = `dosageInstruction[${n}]`;
    const duration = timing?.repeat?.boundsDuration as Quantity | undefined;
    return [
      ...said(`${field}.volumeMl`, volumeInWords(text), regimen, `${element}.text`),
      ...amount(`${field}.durationHours`, duration, regimen, `${element}.timing.repeat.bounds`),
    ];
  });
}

/** `field`: `prime`, or `bolus` where it was given on its own. */
export function prime(report: Report, field: string): Facts {
  const given = one<MedicationAdministration>(report, 'primingBolus');
  const minutes = / in (\d+(?:\.\d+)?) min\. Not a patient dose\.$/.exec(given?.resource.dosage?.text ?? '')?.[1];
  return [
    ...amount(`${field}.volumeMl`, given?.resource.dosage?.dose, given, 'dosage.dose'),
    ...said(`${field}.durationMinutes`, minutes === undefined ? undefined : Number(minutes), given, 'dosage.text'),
  ];
}

/** What only a refill states. */
export function atPort(report: Report): Facts {
  const panel = one<Observation>(report, 'pumpStatus');
  return [
    ...amountIn('rinseVolumeMl', panel, 'rinse-volume'),
    ...plainIn('needleAttempts', panel, 'needle-attempts', 'valueInteger'),
    ...plainIn('imagingUsed', panel, 'imaging-used', 'valueString'),
    ...codeFrom('setting', panel, 'refill-setting', itb.refillSetting),
  ];
}

/** Why, in the words of the reporter. */
export function reason(report: Report): Facts {
  const procedure = one<Procedure>(report, 'procedure');
  return said('reason', procedure?.resource.reasonCode?.[0]?.text, procedure, 'reasonCode[0].text');
}
