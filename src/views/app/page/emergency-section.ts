import type { CarePlanNow } from '../../pump-status/care-plan-schema.ts';
import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { type Child, element, list, section } from './elements.ts';
import { factLine, factList } from './fact.ts';
import { momentInWords } from './moments.ts';
import type { Reading } from './reading.ts';
import type { RecordField } from './record-lists.ts';
import { recordPart } from './record-section.ts';

/** What the clinic signed for an emergency. Without contacts it says so loudly. `inRecord`: what the plan leaves open. */
export function emergencySection({ carePlan, generalSigns }: PumpStatus, inRecord: Reading['inRecord']): HTMLElement {
  const unlessInRecord = (field: RecordField, label: string, unknown?: string) =>
    inRecord && carePlan[field].method === 'unknown'
      ? null
      : factLine({ label, fact: carePlan[field], value: list, ...(unknown !== undefined && { unknown }) });
  return section(
    'emergency',
    'Emergency plan of this patient',
    element('p', {}, element('a', { class: 'action', href: '#card' }, 'Emergency card to print')),
    factList(
      factLine({
        label: 'Whom to call',
        fact: carePlan.contacts,
        value: contacts,
        unknown: 'EMERGENCY CONTACT NOT RECORDED',
        loud: 'loud',
      }),
      factLine({ label: 'What to do', fact: carePlan.emergencyPlan, value: (text) => text }),
      factLine({ label: 'Signs of withdrawal', fact: carePlan.withdrawalSigns, value: list }),
      factLine({ label: 'Signs of overdose', fact: carePlan.overdoseSigns, value: list }),
      unlessInRecord('prnDrugs', 'Rescue drugs'),
      unlessInRecord('allergies', 'Allergies'),
      unlessInRecord('currentMedication', 'Current medication', 'Not supplied'),
      factLine({ label: 'Fever', fact: carePlan.feverProtocol, value: (text) => text }),
      factLine({ label: 'Restrictions', fact: carePlan.restrictions, value: restrictions }),
      factLine({ label: 'Skin and incision', fact: carePlan.skin, value: (text) => text }),
      factLine({ label: 'Device card', fact: carePlan.deviceCard, value: (text) => text }),
      unlessInRecord('careTeam', 'Care team'),
      factLine({ label: 'Written by', fact: carePlan.author, value: (text) => text }),
      factLine({ label: 'Signed', fact: carePlan.signedDate, value: momentInWords }),
      factLine({ label: 'Review', fact: carePlan.reviewDate, value: momentInWords }),
    ),
    inRecord ? recordPart(inRecord) : null,
    lacksSigns(carePlan) ? general(generalSigns) : null,
  );
}

/** A telephone number is a link: the page is read on telephones too. */
export function contacts(people: NonNullable<CarePlanNow['contacts']['value']>): Child {
  return list(
    people.map(({ role, name, telephone }) => [
      [role, name].filter(Boolean).join(', '),
      ' ',
      element('a', { href: `tel:${telephone.replace(/[^+\d]/g, '')}` }, telephone),
    ]),
  );
}

export function restrictions(all: NonNullable<CarePlanNow['restrictions']['value']>): Child {
  return list(all.map(({ text, until }) => (until ? `${text} (until ${momentInWords(until)})` : text)));
}

const lacksSigns = ({ withdrawalSigns, overdoseSigns }: CarePlanNow): boolean =>
  withdrawalSigns.value === null || overdoseSigns.value === null;

function general({ withdrawal, overdose, words }: PumpStatus['generalSigns']): HTMLElement | null {
  if (withdrawal.length + overdose.length === 0) return null;
  return element(
    'details',
    { class: 'general' },
    element('summary', {}, 'General signs, not about this patient'),
    element('p', {}, words),
    element('h3', {}, 'Withdrawal'),
    list(withdrawal),
    element('h3', {}, 'Overdose'),
    list(overdose),
  );
}
