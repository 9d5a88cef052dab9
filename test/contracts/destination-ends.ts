import { Hl7Message } from '@medplum/core';
import type { DocumentReference, MedicationAdministration, Observation, Resource, Task } from '@medplum/fhirtypes';
import type { App } from '../../src/app.ts';
import { linksOf } from '../../src/sync/links.ts';
import type { Link } from '../../src/sync/plan.ts';
import { wantedBy } from '../flow/adapter.ts';
import { mrnSystem } from '../flow/events.ts';
import { type Hospital, holdingsOf, isLive, ofDeployment } from '../flow/hospital.ts';
import type { OpenServer } from '../servers/open-server.ts';
import type { StandingEvent } from './destination-story.ts';

/** What a server, an interface engine or a worklist holds in the end, in words that a test can compare. */

/** The functions of the other flow tests read a sandbox; of a simulator they need the resources alone. */
export const asHospital = ({ simulator }: OpenServer): Hospital => ({ sandbox: simulator }) as unknown as Hospital;

/** Identities that the server does not hold as they are wanted, and those that it holds and nobody wants. */
export async function differences(server: OpenServer, app: App, mrns: readonly string[]) {
  const [wanted, held] = [await wantedBy(app, mrns), holdingsOf(asHospital(server), app.identifierSystem)];
  const nameIn = (text: string | undefined) => (JSON.parse(text ?? '{}') as Resource).resourceType;
  return {
    missing: Object.keys(wanted).flatMap((identity) =>
      wanted[identity] === held[identity] ? [] : [nameIn(wanted[identity])],
    ),
    unwanted: Object.keys(held).flatMap((identity) => (identity in wanted ? [] : [nameIn(held[identity])])),
  };
}

const ours = (server: OpenServer, app: App, type: Resource['resourceType']): Resource[] =>
  ofDeployment(server.simulator.resources(type), app.identifierSystem).map(({ resource }) => resource);

const isOf = (mrn: string) => (resource: Resource) =>
  (resource as Observation).subject?.reference === `Patient/patient-${mrn.toLowerCase()}`;

/** Documents of one patient that count: the day of the event, its kind, and whether its record says what it has to. */
export function currentDocuments(server: OpenServer, app: App, mrn: string): DocumentReference[] {
  const documents = ours(server, app, 'DocumentReference') as DocumentReference[];
  return documents.filter(isOf(mrn)).filter(({ status }) => status === 'current');
}

export const textOf = ({ content }: DocumentReference): string =>
  Buffer.from(content[0]?.attachment.data ?? '', 'base64').toString('utf8');

/** Of each standing event whether exactly one current document tells of it, and says its number. */
export function toldInDocuments(documents: readonly DocumentReference[], events: readonly StandingEvent[]) {
  const reports = documents.filter(({ type }) => type?.coding?.[0]?.code === 'event-report');
  return reports
    .map((document) => {
      const event = events.find(
        ({ kind, day }) => document.description?.includes(`${kind},`) && document.description.includes(day),
      );
      if (!event) return `unexpected: ${document.description}`;
      return textOf(document).includes(event.says)
        ? `${event.kind} ${event.day}`
        : `without ${event.says}: ${document.description}`;
    })
    .sort();
}

export const namesOf = (events: readonly StandingEvent[]): string[] =>
  events.map(({ kind, day }) => `${kind} ${day}`).sort();

/** Documents that are no longer current, and the one that each new one replaces. */
export function documentChains(server: OpenServer, app: App): { statuses: string[]; dangling: string[] } {
  const documents = ours(server, app, 'DocumentReference') as DocumentReference[];
  const ids = new Map(documents.map((document) => [`DocumentReference/${document.id}`, document]));
  const replaced = documents.flatMap(({ relatesTo }) => relatesTo?.map(({ target }) => target.reference ?? '') ?? []);
  return {
    statuses: replaced.map((reference) => ids.get(reference)?.status ?? 'not there').sort(),
    dangling: replaced.filter((reference, n) => replaced.indexOf(reference) !== n),
  };
}

/** The observations of a patient that say a daily dose and stand. */
export const doseObservations = (server: OpenServer, app: App, mrn: string): Observation[] =>
  (ours(server, app, 'Observation') as Observation[])
    .filter(isOf(mrn))
    .filter(isLive)
    .filter(({ code }) => code.coding?.some((coding) => isDailyDose(coding.code)));

/** The daily doses of a patient that stand at the server, by day. */
export function dailyDoses(server: OpenServer, app: App, mrn: string): string[] {
  return doseObservations(server, app, mrn)
    .map(
      ({ effectiveDateTime, valueQuantity }) =>
        `${effectiveDateTime?.slice(0, 10)} ${valueQuantity?.value} ${valueQuantity?.code}`,
    )
    .sort();
}

/** By our own code, or by the one of IEEE 11073 where a server takes no other. */
const isDailyDose = (code: string | undefined): boolean => code === 'programmed-daily-dose' || code === '157924';

/** Infusions that run at the same time would be two doses. */
export function openInfusions(server: OpenServer, app: App, mrn: string): number {
  const infusions = ours(server, app, 'MedicationAdministration') as MedicationAdministration[];
  return infusions.filter(isOf(mrn)).filter(({ status }) => status === 'in-progress').length;
}

/** What is told beside FHIR, from the store. */
export async function asideLinks(app: App, type: 'Binary' | 'Task'): Promise<Link[]> {
  const patientIds = ['A', 'B'].map((mrn) => app.identify('default', 'test', mrnSystem, mrn));
  const { links } = await linksOf(app.store.db, { tenant: 'default', destination: 'hospital' }, patientIds);
  return [...links.values()].filter(({ resourceType }) => resourceType === type);
}

/** Standing entries of the worklist: title of each. */
export async function worklistTitles(app: App): Promise<string[]> {
  const tasks = (await asideLinks(app, 'Task')).filter(({ state }) => state === 'live');
  return tasks.map(({ content }) => (content as Task).description ?? '').sort();
}

/** A message as its receiver reads it. */
export interface Received {
  readonly type: string;
  readonly controlId: string;
  readonly time: string;
  readonly processing: string;
  readonly patient: string;
  /** What the message is about: the number that a correction repeats, or names as its parent. */
  readonly about: string;
  /** OBX-11 of each result. */
  readonly results: readonly string[];
  readonly text: string;
}

export function messagesAt({ engine }: OpenServer): Received[] {
  const rootOf = new Map<string, string>();
  return (engine?.messages ?? []).map((text) => {
    const message = Hl7Message.parse(text);
    const field = (segment: string, n: number) => message.getSegment(segment)?.getField(n)?.toString() ?? '';
    const number = field('OBR', 3) || field('TXA', 12);
    const parent = field('TXA', 13);
    const about = rootOf.get(parent) ?? number;
    rootOf.set(number, about);
    return {
      type: field('MSH', 9).split('^').slice(0, 2).join('^'),
      controlId: field('MSH', 10),
      time: field('MSH', 7),
      processing: field('MSH', 11),
      patient: field('PID', 3),
      about,
      results: message.getAllSegments('OBX').map((segment) => segment.getField(11)?.toString() ?? ''),
      text,
    };
  });
}

/** What the receiver's chart says in the end of one patient: the last message about each thing, unless it was deleted. */
export function toldInMessages(messages: readonly Received[], mrn: string, events: readonly StandingEvent[]): string[] {
  const last = new Map(messages.map((message) => [message.about, message]));
  const standing = [...last.values()].filter(
    ({ patient, results }) => patient.startsWith(`${mrn}^`) && results.some((status) => status !== 'D'),
  );
  return standing
    .map(({ text }) => {
      const event = events.find(({ kind, day }) => text.includes(`: ${kind}, ${day}`));
      if (!event) return `unexpected: ${text}`;
      return text.includes(event.says) ? `${event.kind} ${event.day}` : `without ${event.says}: ${text}`;
    })
    .sort();
}
