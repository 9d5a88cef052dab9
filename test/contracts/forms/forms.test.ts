import { describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '../../../src/event/event.ts';
import { readCsvText } from '../../../src/intake/csv/read.ts';
import { readHl7v2 } from '../../../src/intake/hl7v2/read.ts';
import type { Item } from '../../../src/intake/item.ts';
import { readEvents } from '../../../src/intake/json.ts';
import type { Sources } from '../../../src/intake/source/load.ts';
import { desiredOf, patientsOf, reportedEvents, storyNames, therapyOf } from '../../stories/story.ts';
import { type Report, reportsOf } from './report.ts';
import { siteSources } from './site.ts';
import { csvOf } from './write-csv.ts';
import { feeds } from './write-hl7v2.ts';

/**
 * Whatever the form in which a story is sent, it is the same story. What FHIR can tell of one, and what it cannot, is held
 * by test/intake/fhir/stories.test.ts: there a form is read that was not written for it.
 */

const limits = { maxEvents: 10_000, maxDepth: 20 };

type Form = (reports: readonly Report[]) => readonly Item[];

const forms: Readonly<Record<string, Form>> = {
  json: (reports) => itemsOf(readEvents(JSON.stringify(reports.map(({ event }) => event)), 'json', limits)),
  ndjson: (reports) =>
    itemsOf(readEvents(reports.map(({ event }) => JSON.stringify(event)).join('\n'), 'ndjson', limits)),
  csv: (reports) => readCsvText(csvOf(reports), { sources: siteOf(reports), source: 'canonical-csv' }).items,
  'oru-flowsheet': (reports) => readFeed('oru-flowsheet', reports),
  'ras-refill': (reports) => readFeed('ras-refill', reports),
  'mdm-complication': (reports) => readFeed('mdm-complication', reports),
};

const itemsOf = (read: ReturnType<typeof readEvents>): readonly Item[] => {
  if ('problem' in read) throw new Error(read.problem.code);
  return read;
};

/** HL7 v2 has no field for the time zone of a site: each site has its own copy of the map. */
function readFeed(name: keyof typeof feeds, reports: readonly Report[]): readonly Item[] {
  const sites = new Map(
    [...Map.groupBy(reports, ({ event }) => event.timeZone)].map(([zone, own]) => [zone, siteOf(own, zone)]),
  );
  return reports.flatMap((report) => {
    const sources = sites.get(report.event.timeZone) as Sources;
    return readHl7v2(feeds[name].write(report), { sources, source: name }).flatMap(({ items }) => items);
  });
}

/** What a form can tell of a story. */
const tells = (form: string, report: Report): boolean =>
  !(form in feeds) || feeds[form as keyof typeof feeds].writes(report);

function siteOf(reports: readonly Report[], timeZone?: string): Sources {
  const authorities = new Set(
    reports.flatMap(({ patient, happened }) => [
      patient.system,
      happened.performer?.identifier?.system ?? patient.system,
    ]),
  );
  return siteSources({ authorities: [...authorities], timeZone });
}

/**
 * Without what a sender keeps for himself, and of an amendment without the id, the time and the reason that each form
 * gives it; the patient is the one whom it is about in the end. A cell has no type: a score of 3 is a text there.
 */
function asTold(event: CanonicalEvent): unknown {
  const { extra: _, ...told } = event;
  if (told.type === 'assessment')
    return plain({ ...told, value: told.value === undefined ? undefined : String(told.value) });
  if (told.type !== 'correction' && told.type !== 'void') return plain(told);
  const { recordedAt, source, reason, ...amendment } = told;
  if (amendment.type === 'void') return plain(amendment);
  const { patient, ...restated } = amendment.event;
  return plain({ ...amendment, patient: patient ?? amendment.patient, event: restated });
}

/** A medication record always names the drug, which is baclofen; other senders may leave that unsaid. */
function withDrug(event: CanonicalEvent): CanonicalEvent {
  if (event.type === 'refill') return { ...event, fill: { ...event.fill, drug: 'baclofen' } };
  if (event.type !== 'correction' || event.event.type !== 'refill') return event;
  return { ...event, event: { ...event.event, fill: { ...event.event.fill, drug: 'baclofen' } } };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value), utc);

/** One way to write an instant in UTC. */
const utc = (_: string, value: unknown) =>
  typeof value === 'string' && /T\d{2}:\d{2}.*Z$/.test(value) ? value.replace(/Z$/, '+00:00') : value;

const eventsOf = (items: readonly Item[]): CanonicalEvent[] =>
  items.map((item) => {
    if ('event' in item) return item.event;
    throw new Error(JSON.stringify('problems' in item ? item.problems : item.leftAlone));
  });

describe.each(Object.keys(forms))('a story sent as %s', (form) => {
  const read = (name: string) => {
    const told = reportedEvents(name).map((event) => (form === 'ras-refill' ? withDrug(event) : event));
    const reports = reportsOf(told).filter((report) => tells(form, report));
    const events = eventsOf((forms[form] as Form)(reports));
    return { reports, events };
  };

  it.each(storyNames)('gives the events of %s', (name) => {
    const { reports, events } = read(name);
    expect(events.map(asTold)).toEqual(reports.map(({ event }) => asTold(event)));
  });

  it.each(storyNames)('gives the therapy and the resources of %s', (name) => {
    const { reports, events } = read(name);
    const told = reports.map(({ event }) => event);
    expect(patientsOf(events)).toEqual(patientsOf(told));
    for (const patientId of patientsOf(told)) {
      expect(segmentsOf(events, patientId)).toEqual(segmentsOf(told, patientId));
      expect(liveResources(events, patientId)).toEqual(liveResources(told, patientId));
    }
  });
});

/** What ran when, told by which of the first reports. */
function segmentsOf(events: readonly CanonicalEvent[], patientId: string): unknown {
  return plain(
    therapyOf(events, patientId).segments.map(({ openedBy, programmedBy, closedBy, ...segment }) => ({
      ...segment,
      told: [openedBy, programmedBy, closedBy].map((entry) => entry?.source.rootEventId),
    })),
  );
}

/** Who reported it when may differ: Provenance is left out, and the marks that name a report. */
function liveResources(events: readonly CanonicalEvent[], patientId: string): unknown {
  const { resources } = desiredOf(events, patientId);
  const live = resources.filter(({ resource }) => resource.resourceType !== 'Provenance');
  return plain(live.map(({ identity, resource }) => ({ identity, resource })));
}
