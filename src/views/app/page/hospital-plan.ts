import type { CarePlan } from '@medplum/fhirtypes';
import type { CarePlanNow } from '../../pump-status/care-plan-schema.ts';
import { reported, unknown } from './hospital-fact.ts';
import { codeOf, type HospitalRecord } from './hospital-record.ts';

type Contact = NonNullable<CarePlanNow['contacts']['value']>[number];

/** The care plan that the hospital holds as active. */
export function planOf({ carePlans }: HospitalRecord): CarePlanNow {
  const plan = carePlans.find(({ status }) => status === 'active');
  return plan ? planned(plan) : noPlan();
}

function planned(plan: CarePlan): CarePlanNow {
  const signed = plan.period?.start;
  const parts = (code: string) =>
    (plan.activity ?? []).flatMap(({ detail }) =>
      codeOf(detail?.code, 'itb-clinical') === code && detail ? [detail] : [],
    );
  const texts = (code: string) => {
    const said = parts(code).flatMap(({ description }) => description ?? []);
    return reported(said.length > 0 ? said : undefined, signed, plan);
  };
  const text = (code: string) => reported(parts(code)[0]?.description, signed, plan);
  const limits = parts('restriction').map(({ description = '', scheduledPeriod }) => ({
    text: description,
    until: scheduledPeriod?.end ?? null,
  }));
  const team = plan.careTeam?.flatMap(({ display }) => display ?? []);
  return {
    withdrawalSigns: texts('withdrawal-signs'),
    overdoseSigns: texts('overdose-signs'),
    restrictions: reported(limits.length > 0 ? limits : undefined, signed, plan),
    feverProtocol: text('fever-protocol'),
    emergencyPlan: text('emergency-plan'),
    contacts: contactsOf(
      parts('contact').flatMap(({ description }) => description ?? []),
      plan,
    ),
    prnDrugs: texts('prn-drug'),
    currentMedication: texts('current-medication'),
    allergies: texts('allergy'),
    deviceCard: text('device-card'),
    skin: text('skin'),
    careTeam: reported(team, signed, plan),
    author: reported(plan.author?.display, signed, plan),
    signedDate: reported(signed, signed, plan),
    reviewDate: reported(parts('review')[0]?.scheduledPeriod?.start, signed, plan),
  };
}

/** The adapter writes `role, name, telephone`; whatever else stands there is shown as it stands. */
function contactsOf(said: readonly string[], plan: CarePlan): CarePlanNow['contacts'] {
  const contacts = said.map((text): Contact => {
    const [, who = text, telephone = ''] = /^(.*), ([+\d][\d ()./-]*)$/.exec(text) ?? [];
    return { role: who, name: null, telephone };
  });
  return reported(contacts.length > 0 ? contacts : undefined, plan.period?.start, plan);
}

const noPlan = (): CarePlanNow => ({
  ...{ withdrawalSigns: unknown(), overdoseSigns: unknown(), restrictions: unknown(), feverProtocol: unknown() },
  ...{
    emergencyPlan: unknown(),
    contacts: unknown(),
    prnDrugs: unknown(),
    currentMedication: unknown('Not supplied.'),
  },
  ...{ allergies: unknown(), deviceCard: unknown(), skin: unknown(), careTeam: unknown(), author: unknown() },
  ...{ signedDate: unknown(), reviewDate: unknown() },
});
