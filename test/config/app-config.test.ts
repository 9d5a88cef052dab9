import { describe, expect, it } from 'vitest';
import { appConfig, unusableLaunch } from '../../src/config-app.ts';

const launch = { iss: 'https://ehr.test/fhir', name: 'Hospital' };
const read = (over: object) => appConfig.safeParse({ clientId: 'page', launches: [launch], ...over });
const problemsOf = (over: object) => read(over).error?.issues.map(({ path, message }) => [path.join('.'), message]);

describe('the page in the configuration', () => {
  it('needs who it is and who may launch it; the rest has defaults', () => {
    expect(read({}).data).toEqual({
      frameAncestors: [],
      launches: [{ ...launch, clientId: 'page', tenant: 'default', read: 'adapter', connect: [] }],
    });
  });

  it('is not there where it is not mentioned', () => {
    expect(appConfig.parse(undefined)).toBeUndefined();
  });

  it('may be another client at one of the hospitals', () => {
    expect(read({ launches: [{ ...launch, clientId: 'other' }] }).data?.launches[0]?.clientId).toBe('other');
  });

  it.each([
    [{ launches: [] }, 'launches'],
    [{ launches: [{ ...launch, iss: 'http://ehr.test/fhir' }] }, 'launches.0.iss'],
    [{ launches: [{ ...launch, iss: 'https://ehr.test/fhir?x' }] }, 'launches.0.iss'],
    [{ launches: [{ ...launch, connect: ['https://login.test/path'] }] }, 'launches.0.connect.0'],
    [{ frameAncestors: ['*'] }, 'frameAncestors.0'],
    [{ frameAncestors: ['https://ehr.test/'] }, 'frameAncestors.0'],
    [{ launches: [launch, { ...launch, iss: 'https://ehr.test/fhir/' }] }, ''],
  ])('refuses %o', (over, place) => {
    expect(problemsOf(over)?.[0]?.[0]).toBe(place);
  });

  it('may be launched over plain http by a server on this machine', () => {
    expect(read({ launches: [{ ...launch, iss: 'http://127.0.0.1:8080/fhir' }] }).success).toBe(true);
  });

  it('is refused at start where a launch names a tenant that nothing else names', () => {
    const { data } = read({ launches: [{ ...launch, tenant: 'nort' }] });
    expect(unusableLaunch(data, ['north'])).toBe(
      'the launch of Hospital names the tenant nort, which nothing else names.',
    );
    expect([unusableLaunch(data, ['nort']), unusableLaunch(undefined, [])]).toEqual([undefined, undefined]);
  });
});
