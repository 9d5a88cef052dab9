import { sql } from 'kysely';
import type { App } from '../app.ts';
import { problem } from '../event/problem.ts';
import type { Item } from '../intake/item.ts';
import { inChunks } from '../store/in-chunks.ts';
import { fieldOf } from '../sync/message/er7.ts';
import { saidThere } from './echo-of-content.ts';

/**
 * What we wrote ourselves and meet again in a feed, as `LeftAlone` with the problem `echo`; every other item as it is.
 * Called between reading and `pipeline.ingest`, also by `import`. `tenant`: of the sender.
 *
 * Ours is what carries an identity that this deployment issued: in our identifier system, as the id of an event, as the
 * filler or document number of a message, or by the control id of a message that we sent. What another deployment issued
 * is input. What a hospital sends from a system that reports for a destination of ours (`notFrom`) may have lost every
 * identity: it is ours where that destination was told the same values of the same patient at the same instant.
 */
export async function leaveEchoes(app: App, tenant: string, items: readonly Item[]): Promise<readonly Item[]> {
  const marks = new Map(items.map((item) => [item, marksOf(app, tenant, item)]));
  const ours = await oursAmong(app, tenant, [...marks.values()]);
  const left: Item[] = [];
  for (const item of items) {
    const { identities, controlIds } = marks.get(item) as Marks;
    const isOurs = [...identities, ...controlIds].some((mark) => ours.has(mark));
    left.push(isOurs || (await saidThere(app, tenant, item)) ? leftAlone(item) : item);
  }
  return left;
}

function leftAlone({ payload, place, format, source, message }: Item): Item {
  const found = problem('echo', 'we wrote this ourselves', place, 'information');
  return { payload, place, format, source, message, leftAlone: found };
}

/** By what an item may be ours. */
interface Marks {
  readonly identities: readonly string[];
  /** MSH-10 of a message that names us as its sender. */
  readonly controlIds: readonly string[];
}

function marksOf(app: App, tenant: string, item: Item): Marks {
  const issued = (item.identities ?? []).filter(({ system }) => system === app.identifierSystem);
  const ids = [item.place.eventId, 'event' in item ? item.event.source.eventId : undefined, ...eventIdsOf(item)];
  const message = item.format === 'hl7v2' && isFromUs(app, tenant, item.payload) ? item.payload : undefined;
  const numbers = message
    ? [numberOf(message, 'OBR', 3), numberOf(message, 'TXA', 12), numberOf(message, 'TXA', 13)]
    : [];
  const controlId = message && fieldOf(message, 'MSH', 10);
  return {
    identities: [
      ...issued.map(({ value }) => value),
      ...[...ids, ...numbers].flatMap((id) => id?.match(keyed) ?? []).map((id) => id.toLowerCase()),
    ],
    controlIds: controlId ? [controlId] : [],
  };
}

const eventIdsOf = (item: Item): (string | undefined)[] =>
  'problems' in item ? item.problems.map(({ place }) => place?.eventId) : [];

/** A keyed identity is a UUID of version 8. */
const keyed = /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/gi;

const numberOf = (message: string, segment: string, field: number): string | undefined =>
  fieldOf(message, segment, field);

/** Names alone prove nothing: another deployment may be called the same. */
function isFromUs(app: App, tenant: string, message: string): boolean {
  return app.destinations.some(({ destination }) => {
    const names = destination.tenant === tenant ? destination.projection?.hl7v2 : undefined;
    if (!names) return false;
    return (
      fieldOf(message, 'MSH', 3) === names.sendingApplication && fieldOf(message, 'MSH', 4) === names.sendingFacility
    );
  });
}

/** Which of these this deployment issued, or has sent. */
async function oursAmong(app: App, tenant: string, marks: readonly Marks[]): Promise<ReadonlySet<string>> {
  const { db } = app.store;
  const identities = [...new Set(marks.flatMap((mark) => mark.identities))];
  const controlIds = [...new Set(marks.flatMap((mark) => mark.controlIds))];
  const destinations = app.destinations.map(({ destination }) => destination.name);
  const issued = await inChunks(identities, (chunk) =>
    db
      .selectFrom('issued_identity')
      .select('identity')
      .where('tenant', '=', tenant)
      .where('identity', 'in', chunk)
      .execute(),
  );
  // What tailoring made has an identity derived from that of the event.
  const written = await inChunks(destinations.length > 0 ? identities : [], (chunk) =>
    db
      .selectFrom('link')
      .select('identity')
      .where('tenant', '=', tenant)
      .where('destination', 'in', destinations)
      .where('identity', 'in', chunk)
      .execute(),
  );
  const sent = await inChunks(controlIds, (chunk) =>
    db
      .selectFrom('link')
      .select('server_id')
      .where(sql<boolean>`resource_type = 'Binary'`)
      .where('server_id', 'in', chunk)
      .where('tenant', '=', tenant)
      .execute(),
  );
  return new Set([...issued, ...written].map(({ identity }) => identity).concat(sent.map((row) => row.server_id)));
}
