import { describe, expect, test } from 'vitest';
import { grants, grantsInPart, parseScope, parseScopes } from '../../src/auth/scopes.ts';

describe('a scope', () => {
  test.each([
    ['system/Device.rs', { level: 'system', resource: 'Device', interactions: ['read', 'search'] }],
    ['patient/Observation.read', { level: 'patient', resource: 'Observation', interactions: ['read', 'search'] }],
    ['user/Device.write', { level: 'user', resource: 'Device', interactions: ['create', 'update', 'delete'] }],
    ['system/*.*', { level: 'system', resource: '*', interactions: ['create', 'read', 'update', 'delete', 'search'] }],
    [
      'system/Observation.cu?category=http://h.test/c|survey',
      {
        level: 'system',
        resource: 'Observation',
        interactions: ['create', 'update'],
        query: 'category=http://h.test/c|survey',
      },
    ],
  ])('%s is read', (text, scope) => {
    expect(parseScope(text)).toEqual(scope);
  });

  test.each([
    ['letters out of order', 'system/Device.dus'],
    ['letters out of order', 'system/Device.sr'],
    ['a letter twice', 'system/Device.rr'],
    ['no letters', 'system/Device.'],
    ['no interactions', 'system/Device'],
    ['a letter that does not exist', 'system/Device.rx'],
    ['another level', 'admin/Device.rs'],
    ['a level in capitals', 'System/Device.rs'],
    ['no resource', 'system/.rs'],
    ['a wildcard inside a name', 'system/Dev*.rs'],
    ['an empty query', 'system/Device.rs?'],
    ['a query on a v1 scope', 'system/Device.read?type=a'],
    ['mixed versions', 'system/Device.readrs'],
    ['a second line', 'system/Device.rs\nsystem/*.cruds'],
    ['an OpenID scope', 'openid'],
    ['a launch scope', 'launch/patient'],
  ])('with %s is no resource scope: %s', (_what, text) => {
    expect(parseScope(text)).toBeUndefined();
  });
});

test('a scope string keeps what grants nothing apart', () => {
  expect(parseScopes(' openid  system/Device.r system/Device.sr ')).toEqual({
    scopes: [{ level: 'system', resource: 'Device', interactions: ['read'] }],
    others: ['openid', 'system/Device.sr'],
  });
});

describe('granting', () => {
  const { scopes } = parseScopes('patient/Device.rs system/Observation.c system/Procedure.rs?code=1');

  test.each([
    ['what a scope names', { resource: 'Device', interaction: 'read' }, true],
    ['at its level', { level: 'patient', resource: 'Device', interaction: 'search' }, true],
    ['not at another level', { level: 'system', resource: 'Device', interaction: 'read' }, false],
    ['not for another interaction', { resource: 'Device', interaction: 'update' }, false],
    ['not for another resource', { resource: 'Patient', interaction: 'read' }, false],
    ['not as a whole when a query narrows it', { resource: 'Procedure', interaction: 'read' }, false],
    ['not for all resources', { resource: '*', interaction: 'create' }, false],
  ] as const)('%s', (_what, wanted, expected) => {
    expect(grants(scopes, wanted)).toBe(expected);
  });

  test('in part, by the query of the scope', () => {
    expect(grantsInPart(scopes, { resource: 'Procedure', interaction: 'read' }).map((scope) => scope.query)).toEqual([
      'code=1',
    ]);
    expect(grantsInPart(scopes, { resource: 'Device', interaction: 'read' })).toEqual([]);
  });
});
