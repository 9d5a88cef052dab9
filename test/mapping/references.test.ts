import { describe, expect, it } from 'vitest';
import { referredIdentities } from '../../src/fhir/references.ts';
import { desiredOf, patientsOf, reportedEvents, storyNames } from '../stories/story.ts';

describe.each(storyNames)('the references of %s', (name) => {
  it('lead to resources that are there, each named once', () => {
    const events = reportedEvents(name);
    for (const { resources } of patientsOf(events).map((patientId) => desiredOf(events, patientId))) {
      const identities = resources.map(({ identity }) => identity);
      const dangling = resources.flatMap(({ resource }) =>
        referredIdentities(resource).filter((target) => !identities.includes(target)),
      );
      expect(dangling).toEqual([]);
      expect(new Set(identities).size).toBe(identities.length);
    }
  });
});
