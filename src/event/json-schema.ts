import { z } from 'zod';
import { canonicalEvent, eventKinds } from './event.ts';

/** JSON Schema 2020-12 of the canonical event, produced from the zod schemas that intake itself uses. */
export function eventJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(canonicalEvent, { target: 'draft-2020-12', io: 'input', reused: 'ref' });
  return {
    $id: 'https://w3id.org/itb-fhir/schema/event/1',
    title: 'Canonical event of intrathecal baclofen pump therapy',
    ...schema,
  };
}

/** One invented example of each kind, with what the kind is about. */
export function eventExamples(): { type: string; about: string; example: Record<string, unknown> }[] {
  return eventKinds.map(({ type, about, example }) => ({ type, about, example }));
}
