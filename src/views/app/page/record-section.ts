import type { Fact } from '../../pump-status/fact-schema.ts';
import { element, list } from './elements.ts';
import { factLine, factList } from './fact.ts';
import { momentInWords } from './moments.ts';
import type { Reading } from './reading.ts';
import { type RecordField, type RecordLists, recordFields } from './record-lists.ts';

/** What the hospital’s own record holds of what the plan leaves open: apart from the plan, with the time of reading. */
export function recordPart({ asOf, lists }: NonNullable<Reading['inRecord']>): HTMLElement {
  const heading = `In the hospital’s record, ${momentInWords(asOf)}`;
  const part = element('div', { class: 'in-record' }, element('h3', {}, heading), element('p', {}, 'Being read.'));
  lists.then((read) => part.replaceChildren(element('h3', {}, heading), element('p', {}, apart), facts(read)));
  return part;
}

const apart = 'Read there with your sign-in. It is not part of a signed care plan.';

function facts(read: RecordLists): HTMLElement {
  const known = recordFields.flatMap((field) => {
    const fact = read[field];
    return fact ? [[field, fact] as const] : [];
  });
  return element('div', {}, factList(...known.map(([field, fact]) => line(field, fact))));
}

/** The heading says when it was read; when it came into the record is not known. */
const line = (field: RecordField, fact: Fact<readonly string[]>) => ({
  ...factLine({ label: labels[field], fact, value: list, unknown: 'Not supplied by the hospital’s record' }),
  how: null,
});

const labels: Readonly<Record<RecordField, string>> = {
  prnDrugs: 'Rescue drugs: what is ordered as needed',
  allergies: 'Allergies',
  currentMedication: 'Current medication',
  careTeam: 'Care team',
};
