import type { Task } from '@medplum/fhirtypes';
import { itb, profile } from '../../fhir/systems.ts';
import { contentHash } from '../content.ts';
import { derivedIdentity } from '../digest.ts';
import type { Page } from '../page.ts';
import { ofPatient } from '../projection/project.ts';
import type { TailorContext, Tailored } from '../tailored.ts';

/** The identity of the entry that tells of a page. */
export const entryIdentity = (pageIdentity: string): string => derivedIdentity(pageIdentity, 'worklist');

/** A page as something that a human enters. It is kept here; no server is sent it. */
export function worklistEntry(page: Page, context: TailorContext): Tailored {
  const identity = entryIdentity(page.identity);
  const { patientId, patientIdentifiers } = context;
  const known = patientIdentifiers.find((identifier) => identifier.patientId === patientId) ?? patientIdentifiers[0];
  const { occurredAt, recordedAt } = page.report ?? {};
  const made: Task = {
    resourceType: 'Task',
    meta: {
      profile: [profile.worklistEntry],
      ...(page.security && { security: [...page.security] }),
      tag: [{ system: itb.sync, code: 'itb-adapter' }],
    },
    identifier: [{ system: context.identifierSystem, value: identity }],
    status: 'requested',
    intent: 'order',
    code: coded('worklist-entry'),
    description: page.title,
    for: {
      reference: `Patient/${patientId}`,
      ...(known && { identifier: { system: known.system, value: known.value } }),
    },
    ...(recordedAt && { authoredOn: recordedAt }),
    input: [
      ...(occurredAt ? [{ type: coded('occurred-at'), valueDateTime: occurredAt }] : []),
      { type: coded('text-to-enter'), valueString: page.text },
    ],
  };
  const resource = ofPatient(made, context);
  return { identity, group: page.group, resource, contentHash: contentHash(resource), channel: 'worklist' };
}

function coded(code: keyof typeof displays) {
  return { coding: [{ system: itb.report, code, display: displays[code] }], text: displays[code] };
}

/** As the CodeSystem itb-report displays them. */
const displays = {
  'worklist-entry': 'Entry to be made by hand',
  'occurred-at': 'Time of the event',
  'text-to-enter': 'Text to be entered',
} as const;
