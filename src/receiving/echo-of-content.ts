import type { Resource } from '@medplum/fhirtypes';
import type { App } from '../app.ts';
import type { CanonicalEvent } from '../event/event.ts';
import { timesIn, valuesIn, valuesOf } from '../intake/fhir/values.ts';
import type { Item } from '../intake/item.ts';
import { membersOf } from '../ledger/members.ts';
import { patientByIdentifier } from '../ledger/patients.ts';
import { linksOf } from '../sync/links.ts';

/**
 * Whether a destination was told what an event says: at that instant, of that patient, each of its numbers in its unit.
 * Asked only of events from a system that reports for the destination (`notFrom`), for those are its feed. An event
 * without a number, or whose time is only a date, says too little to be recognised.
 */
export async function saidThere(app: App, tenant: string, item: Item): Promise<boolean> {
  if (!('event' in item) || !item.event.occurredAt.includes('T')) return false;
  const { event } = item;
  const said = valuesOf(event);
  const told =
    said.length > 0 ? app.destinations.filter(({ destination }) => isFeedOf(destination, tenant, event)) : [];
  for (const { destination } of told) {
    const patient = await patientOf(app, tenant, event);
    if (patient === undefined) return false;
    const { links } = await linksOf(app.store.db, { tenant, destination: destination.name }, patient);
    const at = Temporal.Instant.from(event.occurredAt);
    const contents = [...links.values()].flatMap(({ content, state }) => (state === 'live' ? [content] : []));
    const there = new Set(contents.filter((content) => isAt(content, at)).flatMap(valuesIn));
    if (said.every((value) => there.has(value))) return true;
  }
  return false;
}

interface Fed {
  readonly tenant: string;
  readonly notFrom?: readonly string[] | undefined;
}

const isFeedOf = (destination: Fed, tenant: string, { source }: CanonicalEvent): boolean =>
  destination.tenant === tenant && (destination.notFrom?.includes(source.system) ?? false);

const isAt = (content: Resource, at: Temporal.Instant): boolean =>
  timesIn(content).some((time) => time.includes('T') && Temporal.Instant.from(time).equals(at));

/** The patient and those merged into it; undefined: nobody is known by this identifier. */
async function patientOf(app: App, tenant: string, event: CanonicalEvent): Promise<readonly string[] | undefined> {
  const { db } = app.store;
  const scope = { tenant, environment: event.test ? ('test' as const) : ('live' as const) };
  const patient = await patientByIdentifier(db, scope, event.patient.identifier);
  return patient && membersOf(db, patient);
}
