import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { golden, goldenFiles } from './golden.ts';
import { desiredOf, patientsOf, reportedEvents, storiesDir, storyNames } from './story.ts';

/** Golden stories: `npm run stories` rewrites them; the difference is what a reviewer reads. */
describe.each(storyNames)('%s', (name) => {
  it.each(goldenFiles)('has the %s of its golden file, whole', (file) => {
    const written = JSON.parse(readFileSync(join(storiesDir, name, `${file}.json`), 'utf8')) as object;
    expect(JSON.parse(JSON.stringify(golden[file](name)))).toEqual(written);
  });

  it('says in every resource that it is a test', () => {
    const resources = Object.values(golden.resources(name)).flatMap((byIdentity) =>
      Object.values(byIdentity as object),
    );
    expect(resources.length).toBeGreaterThan(0);
    for (const resource of resources) expect(resource.meta.security).toMatchObject([{ code: 'HTEST' }]);
  });

  it('refers only to resources of its own patient, and never twice under one identity', () => {
    const events = reportedEvents(name);
    for (const patientId of patientsOf(events)) {
      const { resources } = desiredOf(events, patientId);
      const identities = resources.map(({ identity }) => identity);
      expect(new Set(identities).size).toBe(identities.length);
      const referred = JSON.stringify(resources.map(({ resource }) => resource)).matchAll(/urn:uuid:[0-9a-f-]{36}/g);
      const known = new Set(identities.map((identity) => `urn:uuid:${identity}`));
      expect([...referred].map(([match]) => match).filter((reference) => !known.has(reference))).toEqual([]);
    }
  });
});

describe('a score on a scale nobody knows, beside a dose change', () => {
  const events = reportedEvents('unmapped-score-beside-dose-change');
  const result = () => desiredOf(events, patientsOf(events)[0] as string);
  const of = (eventId: string) => result().resources.filter(({ entry }) => entry.source.reportEventId === eventId);

  it('holds the score visibly', () => {
    expect(of('S01-SCORE')).toEqual([]);
    expect(
      result()
        .remarks.filter(({ held }) => held)
        .map(({ problem: { code, place } }) => ({ code, place })),
    ).toEqual([{ code: 'code-unmapped', place: { field: 'scale', eventId: 'S01-SCORE' } }]);
  });

  it('lets the dose of the same visit arrive', () => {
    const dose = of('S01-DOSE').find(({ resource }) => resource.meta?.profile?.[0]?.endsWith('daily-dose'));
    expect(dose?.resource).toMatchObject({ status: 'final', valueQuantity: { value: 120, code: 'ug/d' } });
  });
});

describe('a refill reported on the wrong patient', () => {
  const resultsOf = (name: string) => {
    const events = reportedEvents(name);
    return patientsOf(events).map((patientId) => desiredOf(events, patientId));
  };
  const refills = (of: ReturnType<typeof desiredOf> | undefined) =>
    of?.resources.filter(({ entry }) => entry.source.rootEventId === 'W01-REFILL') ?? [];

  it('stands on the other patient under new identities once it is corrected', () => {
    const events = reportedEvents('wrong-patient-corrected');
    const [a, b] = resultsOf('wrong-patient-corrected');
    const aBefore = desiredOf(events.slice(0, 4), a?.patientId as string);
    expect(refills(aBefore)).not.toEqual([]);
    expect(refills(a)).toEqual([]);
    const made = refills(b).map(({ resource }) => resource.resourceType);
    expect(made).toEqual(['Medication', 'MedicationAdministration', 'Procedure', 'Observation', 'Provenance']);
    const issued = new Set(refills(aBefore).map(({ identity }) => identity));
    expect(refills(b).filter(({ identity }) => issued.has(identity))).toEqual([]);
  });

  it('stands on neither patient once it is voided', () => {
    const [a, b] = resultsOf('wrong-patient-corrected-then-voided');
    expect([refills(a), refills(b)]).toEqual([[], []]);
  });
});

describe('a single bolus while the infusion is stopped', () => {
  const events = reportedEvents('stop-and-restart-with-single-bolus');
  const resources = () => desiredOf(events, patientsOf(events)[0] as string).resources;
  const administrations = () =>
    resources().filter(({ resource }) => resource.resourceType === 'MedicationAdministration');

  it('stands between the stopped and the restarted infusion, as a dose of its own', () => {
    const spans = administrations().flatMap(({ resource }) =>
      resource.resourceType === 'MedicationAdministration' && resource.effectivePeriod
        ? [{ status: resource.status, ...resource.effectivePeriod, dose: resource.dosage?.dose?.value }]
        : [],
    );
    expect(spans).toEqual([
      { status: 'stopped', start: '2024-02-01T10:00:00-05:00', end: '2024-04-02T08:30:00-04:00', dose: undefined },
      { status: 'in-progress', start: '2024-04-02T18:00:00-04:00', dose: undefined },
      { status: 'completed', start: '2024-04-02T12:00:00-04:00', end: '2024-04-02T12:10:00-04:00', dose: 25 },
    ]);
  });

  it('says 0 ug a day while it was stopped', () => {
    const doses = resources().flatMap(({ resource, entry }) =>
      resource.meta?.profile?.[0]?.endsWith('daily-dose') && resource.resourceType === 'Observation'
        ? [[entry.source.reportEventId, resource.valueQuantity?.value]]
        : [],
    );
    expect(doses).toEqual([
      ['B01-IMPLANT', 100],
      ['B01-RESTART', 80],
      ['B01-STOP', 0],
    ]);
  });
});
