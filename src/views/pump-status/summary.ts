import type { Extension, Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { Codes } from '../../fhir/codes.ts';
import { extension, external, itb, profile } from '../../fhir/systems.ts';
import type { Fact } from './fact-schema.ts';
import { fhirTime } from './fhir-time.ts';
import type { OnePump } from './pump-schema.ts';
import type { PumpStatus } from './status-schema.ts';
import { type Field, summaryFields } from './summary-fields.ts';

/** What is known of one pump at the asked instant, as an Observation that is never stored. Ids are ours. */
export function summaryOf(
  status: PumpStatus,
  pump: OnePump,
  restsOn: readonly string[],
  codes: Pick<Codes, 'coding' | 'lookUp'>,
): Observation {
  const device = { reference: `Device/${pump.device}` };
  const code = codes.coding(itb.observation, 'pump-status-summary');
  return {
    resourceType: 'Observation',
    meta: {
      profile: [profile.pumpSummary],
      ...(status.environment === 'test' && { security: [{ system: external.actReason, code: 'HTEST' }] }),
      tag: [{ system: itb.sync, code: 'itb-adapter' }],
    },
    status: 'final',
    code: { coding: [code], text: code.display },
    subject: { reference: `Patient/${status.patient}` },
    focus: [device],
    effectiveDateTime: status.asOf,
    note: notesOf(status, pump).map((text) => ({ text })),
    device,
    ...(restsOn.length > 0 && { derivedFrom: restsOn.map((reference) => ({ reference })) }),
    component: summaryFields(status, pump).map((field) => componentOf(field, codes)),
  };
}

/** The words of the status, the most urgent first. */
function notesOf(status: PumpStatus, pump: OnePump): string[] {
  const reasons = status.banner.reasons.filter(({ device }) => device === null || device === pump.device);
  return [
    status.notice,
    ...(status.time.words === null ? [] : [status.time.words]),
    status.banner.words,
    ...reasons.map(({ words }) => words),
    ...(status.reportsHeld.words === null ? [] : [status.reportsHeld.words]),
    ...(pump.refillPlan.words === null ? [] : [pump.refillPlan.words]),
    status.dataAsOf.words,
    pump.magneticResonance.words,
  ];
}

function componentOf({ code, fact, written }: Field, codes: Pick<Codes, 'coding' | 'lookUp'>): ObservationComponent {
  const coding = codes.coding(itb.observation, code);
  return {
    extension: knownHow(fact),
    code: { coding: [coding], text: coding.display },
    ...(fact.value === null ? absent(fact, codes) : written(fact.value, codes.lookUp)),
  };
}

function absent({ method }: Fact<unknown>, codes: Pick<Codes, 'coding'>) {
  const coding = codes.coding(external.dataAbsentReason, method === 'withheld' ? 'masked' : 'unknown');
  return { dataAbsentReason: { coding: [coding], text: coding.display } };
}

function knownHow({ method, asOf, source, words }: Fact<unknown>): Extension[] {
  return [
    { url: extension.valueMethod, valueCode: method },
    ...(asOf === null ? [] : [{ url: extension.valueAsOf, valueDateTime: fhirTime(asOf) }]),
    ...(source && 'system' in source
      ? [{ url: extension.valueSource, valueIdentifier: { system: source.system, value: source.eventId ?? '' } }]
      : []),
    ...(source && 'calculation' in source ? [{ url: extension.valueCalculation, valueCode: source.calculation }] : []),
    ...(words === undefined ? [] : [{ url: extension.valueWords, valueString: words }]),
  ];
}
