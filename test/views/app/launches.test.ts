import { describe, expect, it } from 'vitest';
import {
  type AppSettings,
  type ConfiguredLaunch,
  defaultScopes,
  launchAt,
  launchesOf,
  originsOf,
} from '../../../src/views/app/launches.ts';

const launch = (over: Partial<ConfiguredLaunch>): ConfiguredLaunch => ({
  ...{
    iss: 'https://ehr.test/fhir',
    name: 'Hospital',
    tenant: 'north',
    clientId: 'page',
    read: 'adapter',
    connect: [],
  },
  ...over,
});
const settings = (...launches: ConfiguredLaunch[]): AppSettings => ({ launches, frameAncestors: [] });
const addressOf = (tenant: string) => ({ fhirBases: [`https://us.test/t/${tenant}/fhir`], path: `/t/${tenant}/` });

describe('the launches of the page', () => {
  it.each([
    [{}, 'exchange'],
    [{ read: 'ehr' }, 'hospital'],
    [{ iss: 'https://us.test/t/north/fhir/' }, 'adapter'],
    [{ iss: 'https://us.test/t/north/fhir', read: 'ehr' }, 'adapter'],
    [{ iss: 'https://us.test/t/south/fhir' }, 'exchange'],
  ] as const)('%o read %s', (over, reads) => {
    const one = launch(over);
    expect(launchesOf(settings(one), addressOf)).toEqual([
      { iss: one.iss, name: 'Hospital', clientId: 'page', scopes: defaultScopes, reads, ours: '../t/north/' },
    ]);
  });

  it('ask for the scopes of the configuration where it names some', () => {
    const [one] = launchesOf(settings(launch({ scopes: 'openid patient/Device.rs' })), addressOf);
    expect(one?.scopes).toBe('openid patient/Device.rs');
  });

  it('are found by their iss, with or without a slash at its end, and by nothing like it', () => {
    const launches = [launch({}), launch({ iss: 'https://other.test/fhir/', name: 'Other' })];
    const found = (iss: string) => launchAt(launches, iss)?.name;
    expect([found('https://ehr.test/fhir/'), found('https://other.test/fhir')]).toEqual(['Hospital', 'Other']);
    expect([found('https://ehr.test/fhir/x'), found('https://ehr.test'), found('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('name each origin that the browser talks to once', () => {
    const launches = [
      launch({ connect: ['https://login.test'] }),
      launch({ iss: 'https://ehr.test/other', connect: ['https://login.test'] }),
    ];
    expect(originsOf(settings(...launches))).toEqual(['https://ehr.test', 'https://login.test']);
  });
});
