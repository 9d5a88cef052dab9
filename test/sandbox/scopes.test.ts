import { describe, expect, test } from 'vitest';
import { grants, narrow, parseScopes } from '../../src/sandbox/scopes.ts';

describe('SMART system scopes', () => {
  test.each([
    ['system/Device.read', 'rs'],
    ['system/Device.write', 'cud'],
    ['system/Device.*', 'cruds'],
    ['system/Device.crus', 'crus'],
  ])('%s gives the letters %s and no other', (scope, letters) => {
    const parsed = parseScopes(scope);
    expect([...'cruds'].filter((letter) => grants(parsed, 'Device', letter)).join('')).toBe(letters);
    expect(grants(parsed, 'Observation', 'r')).toBe(false);
  });

  test.each([
    'patient/Device.rs',
    'user/Device.rs',
    'system/Device.sr',
    'system/Device.rr',
    'system/Device.',
    'system/Device.rx',
    'system/Observation.rs?category=laboratory',
    'openid',
    '',
  ])('%j is not understood and grants nothing', (scope) => {
    expect(parseScopes(scope)).toEqual([]);
  });

  test('a wildcard covers every type', () => {
    expect(grants(parseScopes('system/*.rs'), 'Procedure', 's')).toBe(true);
  });

  test('a scope allowed by several pre-authorized ones together keeps its text', () => {
    const granted = narrow(parseScopes('system/Device.crus'), parseScopes('system/Device.rs system/Device.cu'));
    expect(granted.map(({ text }) => text)).toEqual(['system/Device.crus']);
  });

  test('a wildcard is not allowed by one type', () => {
    const granted = narrow(parseScopes('system/*.rs'), parseScopes('system/Device.r'));
    expect(granted.map(({ text }) => text)).toEqual(['system/Device.r']);
  });
});
