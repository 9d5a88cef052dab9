import type { Device, MedicationAdministration, Observation, Procedure } from '@medplum/fhirtypes';
import { problemCodes } from '../../event/problem.ts';
import { itb } from '../../fhir/systems.ts';
import { logLines } from './alarm.ts';
import { partsOf } from './components.ts';
import { catheterLabel } from './device.ts';
import type { Found } from './document.ts';
import { noteOf, occurrenceOf } from './envelope.ts';
import { amount, type Facts, said } from './facts.ts';
import { codeIn } from './meaning.ts';
import { isProgrammedBy, programmeOf } from './programme.ts';
import { programmeInWords } from './programme-in-words.ts';
import {
  atPort,
  bridge,
  devices,
  fill,
  isCatheterAbandoned,
  isPump,
  prime,
  pumpOf,
  reason,
  removedCatheter,
  reported,
  residual,
} from './pump-session.ts';
import type { FhirContext } from './read.ts';
import { all, devicesBy, one, type Report, runningThrough } from './report.ts';
import { pocketInWords, tipInWords } from './words.ts';

/** What was done to a pump, by the code of its Procedure. Undefined: the code is none of ours. */
export function pumpEvent(report: Report, context: FhirContext): Facts | undefined {
  const procedure = one<Procedure>(report, 'procedure');
  const code = codeIn(procedure?.resource.code, itb.procedure) ?? withoutProcedure(report);
  const read = code === undefined ? undefined : kinds[code];
  if (!read) return undefined;
  const stated = read(report, context);
  return [...devices(report), ...implantDate(report), ...noteOf(procedure, isNamed), ...stated];
}

type Reader = (report: Report, context: FhirContext) => Facts;

/** A hospital's own records may have no Procedure: a fill is a refill, an infusion that begins a programme that was changed. */
function withoutProcedure(report: Report): string | undefined {
  const { meaning } = report.resources.find(({ found }) => found === report.main) ?? {};
  if (meaning === 'reservoirFill') return 'pump-refill';
  if (meaning === 'infusion' || meaning === 'regimen' || meaning === 'dailyDose') return 'pump-reprogramming';
  return meaning === 'pumpStatus' ? 'pump-interrogation' : undefined;
}

const typed = (type: string, report: Report): Facts => said('type', type, report.main, 'code');

const implant =
  (kept: (report: Report) => boolean): Reader =>
  (report, context) => [
    ...typed('implant', report),
    ...placement(report),
    ...said('catheterKept', kept(report) || undefined, report.main, 'code'),
    ...fill(report, context),
    ...programmeWhereStated(report),
    ...prime(report, 'prime'),
    ...bridge(report, 'bridge'),
    ...reported(report),
    ...noted('anaesthesia', 'Anaesthesia', report),
    ...noted('informationSource', 'Source of the information', report),
    ...reason(report),
  ];

/** A new pump that touched a catheter without placing it joined the one that was there. */
const joinsCatheter = (report: Report): boolean => devicesBy(report, 'manipulated').some((device) => !isPump(device));

const revision =
  (component: 'pump' | 'catheter', action?: 'replaced'): Reader =>
  (report, context) => {
    const removed = removedCatheter(report);
    return [
      ...typed('revision', report),
      ...said('component', component, report.main, 'code'),
      ...(action ? said('action', action, report.main, 'code') : revisedBy(report)),
      ...placement(report),
      ...(removed ? catheterLabel('removedCatheter', removed) : []),
      ...fill(report, context),
      ...programmeWhereStated(report),
      ...prime(report, 'prime'),
      ...bridge(report, 'bridge'),
      ...reported(report),
      ...residual(report),
      ...noted('anaesthesia', 'Anaesthesia', report),
      ...reason(report),
    ];
  };

/** `Revision: catheter repaired`; where no note says it, a part that was taken out and put in was replaced. */
function revisedBy(report: Report): Facts {
  const stated = noted('action', 'Revision', report).map((fact) =>
    'field' in fact ? { ...fact, value: String(fact.value).split(' ').at(-1) } : fact,
  );
  if (stated.length > 0) return stated;
  const isReplaced = removedCatheter(report) && devicesBy(report, 'implanted').some((device) => !isPump(device));
  return said('action', isReplaced ? 'replaced' : undefined, report.main, 'focalDevice');
}

const refill: Reader = (report, context) => [
  ...typed('refill', report),
  ...fill(report, context),
  ...residual(report),
  ...programmeWhereStated(report),
  ...previousProgramme(report, context),
  ...bridge(report, 'bridge'),
  ...reported(report),
  ...atPort(report),
  ...reason(report),
];

/** Stop and restart are told apart from a change of dose by what the session was. */
const reprogramming: Reader = (report, context) => {
  const procedure = one<Procedure>(report, 'procedure');
  const session = codeIn(procedure?.resource.category, itb.pumpEvent);
  if (session === 'pump-stop') {
    return [...typed('pump-stop', report), ...residual(report), ...reported(report), ...reason(report)];
  }
  const isRestart = session === 'pump-restart';
  return [
    ...typed(isRestart ? 'restart' : 'dose-change', report),
    ...programmeOf(report, pumpOf(report), occurrenceOf(report) ?? ''),
    ...previousProgramme(report, context),
    ...(isRestart ? prime(report, 'prime') : changed(report)),
    ...bridge(report, 'bridge'),
    ...reported(report),
    ...reason(report),
  ];
};

function changed(report: Report): Facts {
  const percent = noted('changePercent', 'Change of the daily dose, as reported', report);
  return [
    ...percent.map((fact) =>
      'field' in fact ? { ...fact, value: Number(String(fact.value).replace(' %', '')) } : fact,
    ),
    ...noted('phase', 'Phase', report),
  ];
}

const interrogation: Reader = (report) => [
  ...typed('interrogation', report),
  ...programmeWhereStated(report),
  ...residual(report),
  ...reported(report),
  ...logLines(report),
  ...reason(report),
];

const bolus: Reader = (report) => {
  const kind = codeIn(one<Procedure>(report, 'procedure')?.resource.category, itb.pumpEvent);
  const given = one<MedicationAdministration>(report, 'bolus');
  return [
    ...typed('bolus', report),
    ...(kind === 'bridge-bolus'
      ? [...said('bolus.kind', 'bridge', report.main, 'category'), ...bridge(report, 'bolus')]
      : []),
    ...(kind === 'priming-bolus'
      ? [...said('bolus.kind', 'priming', report.main, 'category'), ...prime(report, 'bolus')]
      : []),
    ...(kind === undefined && given ? bolusGiven(given) : []),
    ...reason(report),
  ];
};

/** A bolus that reached the patient: amount, and how long it took. */
export function bolusGiven(given: Found<MedicationAdministration>): Facts {
  const { dosage, effectivePeriod } = given.resource;
  const method = codeIn(dosage?.method, itb.administration);
  return [
    ...said(
      'bolus.kind',
      method === 'patient-activated-bolus' ? 'patient-activated' : 'single',
      given,
      'dosage.method',
    ),
    ...amount('bolus.doseUg', dosage?.dose, given, 'dosage.dose'),
    ...said('bolus.durationMinutes', minutesOf(effectivePeriod), given, 'effective'),
  ];
}

/** Where the start is only a date, the end is no better known. */
function minutesOf(period: { start?: string; end?: string } | undefined): number | undefined {
  const { start = '', end = '' } = period ?? {};
  if (!start.includes('T') || !end.includes('T')) return undefined;
  return Temporal.Instant.from(end).since(Temporal.Instant.from(start)).total('minutes');
}

const explant =
  (removed: readonly string[]): Reader =>
  (report) => {
    const procedure = one<Procedure>(report, 'procedure');
    const [why] = procedure?.resource.reasonCode ?? [];
    const coding = why?.coding?.find(({ system }) => system === itb.explantCause);
    const catheter = removedCatheter(report);
    return [
      ...typed('explant', report),
      ...said('removed', removed, report.main, 'code'),
      ...(catheter ? catheterLabel('catheter', catheter) : []),
      ...said('catheterAbandoned', isCatheterAbandoned(report) || undefined, report.main, 'focalDevice'),
      ...residual(report),
      ...said('cause', coding?.code, procedure, 'reasonCode[0].coding'),
      ...said('reason', why?.text === coding?.display ? undefined : why?.text, procedure, 'reasonCode[0].text'),
    ];
  };

const emptied: Reader = (report) => [...typed('reservoir-emptied', report), ...residual(report), ...reason(report)];

const kinds: Readonly<Record<string, Reader>> = {
  'system-implant': implant(() => false),
  'catheter-implant': implant(() => false),
  'pump-implant': implant(joinsCatheter),
  'pump-refill': refill,
  'reservoir-emptying': emptied,
  'pump-reprogramming': reprogramming,
  'pump-interrogation': interrogation,
  'bolus-programming': bolus,
  'catheter-revision': revision('catheter'),
  'pump-replacement-catheter-kept': revision('pump', 'replaced'),
  'pump-revision': revision('pump'),
  'pump-explant': explant(['pump']),
  'catheter-explant': explant(['catheter']),
  'system-explant': explant(['pump', 'catheter']),
};

/**
 * The panel tells the programme after the session, stated there or running on. It was stated where the session began an
 * infusion or a regimen, or gave its one bolus; where the pump rests; or while one ran on, if the panel tells a
 * concentration with it. At a pump that stalls nobody is said to have set it again, and what a constant-flow pump
 * gives of the drug that was filled is no statement either.
 */
function programmeWhereStated(report: Report): Facts {
  const pump = pumpOf(report);
  const at = occurrenceOf(report) ?? '';
  return isStated(report, pump, at) && !isOfFlowAndFill(report, pump) ? programmeOf(report, pump, at) : [];
}

function isStated(report: Report, pump: Found<Device> | undefined, at: string): boolean {
  if (isProgrammedBy(report, at)) return true;
  const panel = one<Observation>(report, 'pumpStatus');
  const mode = codeIn(partsOf(panel, 'infusion-mode')[0]?.component.valueCodeableConcept, itb.infusionMode);
  if (mode === 'single-bolus') return one(report, 'bolus') !== undefined;
  // To say once more that it rests changes nothing.
  if (mode === 'stopped') return true;
  if (runningThrough(report, pump, at) === undefined) return false;
  return partsOf(panel, 'bridge-volume').length > 0
    ? !isBridgeAlone(panel)
    : partsOf(panel, 'drug-concentration').length > 0;
}

/** The panel remarks that a bridge came without its programme. */
const isBridgeAlone = (panel: Found<Observation> | undefined): boolean =>
  panel?.resource.note?.some(({ text }) => text?.endsWith(problemCodes['program-incomplete'])) ?? false;

function isOfFlowAndFill(report: Report, pump: Found<Device> | undefined): boolean {
  if (!pump || codeIn(pump.resource.type, itb.deviceType) !== 'constant-flow-pump') return false;
  const panel = one<Observation>(report, 'pumpStatus');
  const mode = codeIn(partsOf(panel, 'infusion-mode')[0]?.component.valueCodeableConcept, itb.infusionMode);
  if (mode !== 'simple-continuous') return false;
  const [flow, filled, dose] = ['flow-rate', 'drug-concentration', 'programmed-daily-dose'].map(
    (code) => partsOf(panel, code)[0]?.component.valueQuantity?.value,
  );
  if (!one(report, 'reservoirFill') || flow === undefined || filled === undefined || dose === undefined) return false;
  return Math.abs(flow * filled - dose) < 1e-6;
}

/** The date on the label, where it is not that of the procedure itself. */
function implantDate(report: Report): Facts {
  const panel = one<Observation>(report, 'pumpStatus');
  const procedure = one<Procedure>(report, 'procedure');
  return partsOf(panel, 'pump-implant-date').flatMap(({ component: { valueDateTime }, element }) =>
    valueDateTime === procedure?.resource.performedDateTime || valueDateTime?.includes('T')
      ? []
      : said('pump.implantedOn', valueDateTime, panel, `${element}.value`),
  );
}

/** Where pump and catheter tip were placed. */
function placement(report: Report): Facts {
  return all<Procedure>(report, 'procedure').flatMap((procedure) =>
    (procedure.resource.bodySite ?? []).flatMap(({ text = '' }, n) => {
      const element = `bodySite[${n}].text`;
      const tip = tipInWords(text);
      const pocket = pocketInWords(text) ?? {};
      return [
        ...said('catheter.tipLevel', tip?.level, procedure, element),
        ...said('catheter.tipLevelSource', tip?.source, procedure, element),
        ...Object.entries(pocket).flatMap(([name, value]) => said(`pump.${name}`, value, procedure, element)),
      ];
    }),
  );
}

/** What the programmer showed before, in words, each value with its name. */
function previousProgramme(report: Report, context: FhirContext): Facts {
  return noted('previousProgram', 'Programme before, as reported', report).map((fact) =>
    'field' in fact ? { ...fact, value: programmeInWords(String(fact.value), context.codes) ?? fact.value } : fact,
  );
}

/** A note that begins with the name of what it tells. */
function noted(field: string, name: string, report: Report): Facts {
  const procedure = one<Procedure>(report, 'procedure');
  const notes = procedure?.resource.note ?? [];
  const n = notes.findIndex(({ text }) => text?.startsWith(`${name}: `));
  return n < 0 ? [] : said(field, notes[n]?.text?.slice(name.length + 2), procedure, `note[${n}].text`);
}

const names = [
  ...['Anaesthesia', 'Source of the information', 'Revision', 'Needle attempts', 'Imaging used', 'Phase', 'Programmer'],
  ...['Reservoir rinsed with', 'Change of the daily dose, as reported', 'Programme before, as reported'],
  ...['Software of the programmer', 'Clock of the programmer', 'Clock of the pump'],
];

const isNamed = (text: string): boolean => names.some((name) => text.startsWith(`${name}: `));
