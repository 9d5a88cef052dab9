import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/auth/bearer.ts';
import { reachesAll, reachOf } from '../../src/auth/reach.ts';
import { parseScopes } from '../../src/auth/scopes.ts';

const holding = (scope: string, more: Partial<Principal> = {}): Principal => ({
  issuer: 'https://ehr.test',
  tenant: 'default',
  environment: 'live',
  userReach: 'patient',
  subject: 'nurse',
  scopes: parseScopes(scope).scopes,
  ...more,
});

describe('the reach of scopes', () => {
  it.each([
    ['system/*.rs', {}, [{}]],
    ['system/Device.rs', {}, []],
    ['system/Observation.r', {}, []],
    ['system/Observation.read', {}, [{}]],
    ['system/Observation.write', {}, []],
    ['patient/Observation.rs', { patient: 'P1' }, [{ patient: 'P1' }]],
    ['patient/Observation.rs', {}, []],
    ['user/Observation.rs', {}, []],
    ['user/Observation.rs', { patient: 'P1' }, [{ patient: 'P1' }]],
    ['user/Observation.rs', { userReach: 'tenant' }, [{}]],
    ['patient/Observation.s?category=survey', { patient: 'P1' }, [{ patient: 'P1', query: 'category=survey' }]],
    [
      'patient/Observation.rs?code=a patient/Observation.rs?code=b',
      { patient: 'P1' },
      [
        { patient: 'P1', query: 'code=a' },
        { patient: 'P1', query: 'code=b' },
      ],
    ],
    ['patient/Observation.rs?code=a patient/*.rs', { patient: 'P1' }, [{ patient: 'P1' }]],
    ['patient/Observation.rs patient/*.rs', { patient: 'P1' }, [{ patient: 'P1' }]],
    [
      'patient/Observation.rs system/Observation.rs?code=a',
      { patient: 'P1' },
      [{ patient: 'P1' }, { query: 'code=a' }],
    ],
    ['patient/Observation.rs?code=a system/Observation.rs?code=a', { patient: 'P1' }, [{ query: 'code=a' }]],
  ] as const)('%s for a search of observations, %o: %o', (scope, more, reach) => {
    expect(reachOf(holding(scope, more), 'Observation', 'search')).toEqual(reach);
  });

  it('covers a patient whole only without a query, and only the patient it names', () => {
    expect(reachesAll([{ patient: 'P1' }], 'P1')).toBe(true);
    expect(reachesAll([{ patient: 'P1' }], 'P2')).toBe(false);
    expect(reachesAll([{ patient: 'P1', query: 'code=a' }], 'P1')).toBe(false);
    expect(reachesAll([{}], 'P2')).toBe(true);
    expect(reachesAll([], 'P1')).toBe(false);
  });
});
