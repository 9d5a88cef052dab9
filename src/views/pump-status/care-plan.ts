import type { ClinicalEventOf } from '../../event/event.ts';
import type { Timeline } from '../../therapy/timeline.ts';
import type { CarePlanNow } from './care-plan-schema.ts';
import { orSay, reported, withheld } from './fact.ts';
import type { Fact } from './fact-schema.ts';
import { entriesOf } from './person.ts';

type Plan = ClinicalEventOf<'care-plan'>;

/** The plan that the clinic signed last, whole: what it leaves out is not taken from an older one. */
export function carePlanFacts(therapy: Timeline): CarePlanNow {
  const entry = entriesOf(therapy, 'care-plan').at(-1);
  const plan = entry?.event;
  const of = <Value>(value: Value | undefined, instead: string): Fact<Value> => orSay(reported(value, entry), instead);
  return {
    withdrawalSigns: of(plan?.withdrawalSigns, 'Not recorded for this patient.'),
    overdoseSigns: of(plan?.overdoseSigns, 'Not recorded for this patient.'),
    restrictions: of(restrictionsOf(plan), notRecorded),
    feverProtocol: of(plan?.feverProtocol, notRecorded),
    emergencyPlan: of(plan?.emergencyPlan, 'NO EMERGENCY PLAN SUPPLIED. Ask the pump clinic.'),
    contacts: of(contactsOf(plan), 'NO CONTACT SUPPLIED. Ask the pump clinic.'),
    prnDrugs: of(plan?.prnDrugs, notSupplied),
    currentMedication: of(plan?.currentMedication, notSupplied),
    allergies: allergiesOf(therapy, of(plan?.allergies, 'Not supplied. That is not the same as none.')),
    deviceCard: of(plan?.deviceCard, notRecorded),
    skin: of(plan?.skin, notRecorded),
    careTeam: of(plan?.careTeam, notSupplied),
    author: of(plan?.author, notSupplied),
    signedDate: of(plan?.signedDate, notSupplied),
    reviewDate: of(plan?.reviewDate, notRecorded),
  };
}

const notRecorded = 'Not recorded.';
const notSupplied = 'Not supplied.';

const restrictionsOf = (plan: Plan | undefined) =>
  plan?.restrictions?.map(({ text, until }) => ({ text, until: until ?? null }));

const contactsOf = (plan: Plan | undefined) =>
  plan?.contacts?.map(({ role, name, telephone }) => ({ role, name: name ?? null, telephone }));

/** Where no plan states any, those that were reported before therapy. */
function allergiesOf(therapy: Timeline, inPlan: Fact<string[]>): Fact<string[]> {
  const before = entriesOf(therapy, 'baseline').findLast(({ event }) => event.allergies !== undefined);
  return inPlan.value === null && before ? reported(before.event.allergies, before) : inPlan;
}

/** The plan for a caller who may not see it. */
export const carePlanWithheld: CarePlanNow = {
  withdrawalSigns: withheld(),
  overdoseSigns: withheld(),
  restrictions: withheld(),
  feverProtocol: withheld(),
  emergencyPlan: withheld(),
  contacts: withheld(),
  prnDrugs: withheld(),
  currentMedication: withheld(),
  allergies: withheld(),
  deviceCard: withheld(),
  skin: withheld(),
  careTeam: withheld(),
  author: withheld(),
  signedDate: withheld(),
  reviewDate: withheld(),
};
