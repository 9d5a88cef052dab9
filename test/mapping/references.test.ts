import { describe, expect, it } from 'vitest';
import { referredIdentities } from '../../src/fhir/references.ts';
import { desiredOf, patientsOf, reportedEvents, storyNames } from '../stories/story.ts';

describe.each(storyNames)('the references of %s', (name) => {
  const events = reportedEvents(name);
  const results = patientsOf(events).map((patientId) => desiredOf(events, patientId));

  it('lead to resources that are there, each named once', () => {
    for (const { resources } of results) {
      const identities = resources.map(({ identity }) => identity);
      const dangling = resources.flatMap(({ resource }) =>
        referredIdentities(resource).filter((target) => !identities.includes(target)),
      );
      expect(dangling).toEqual([]);
      expect(new Set(identities).size).toBe(identities.length);
    }
  });
});
