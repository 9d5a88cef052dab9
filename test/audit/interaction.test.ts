import { describe, expect, test } from 'vitest';
import { accessOf } from '../../src/audit/interaction.ts';

const nothing = { resourceType: null, serverId: null, query: null, entries: [] };
const ok = { kind: 'answered' as const, status: 200, body: undefined };

describe('a request says', () => {
  test.each([
    ['GET', 'metadata', { interaction: 'capabilities' }],
    ['GET', 'Device/a-1', { interaction: 'read', resourceType: 'Device', serverId: 'a-1' }],
    ['GET', 'Device/a-1/_history/2', { interaction: 'vread', resourceType: 'Device', serverId: 'a-1' }],
    ['PUT', 'Device/a-1', { interaction: 'update', resourceType: 'Device', serverId: 'a-1' }],
    ['DELETE', 'AdverseEvent/9', { interaction: 'delete', resourceType: 'AdverseEvent', serverId: '9' }],
    ['POST', 'Patient/$match', { interaction: 'operation', resourceType: 'Patient' }],
    ['PATCH', 'Device/a-1', { interaction: 'operation', resourceType: 'Device', serverId: 'a-1' }],
  ])('%s %s', (method, path, said) => {
    expect(accessOf({ method, path }, ok)).toEqual({ ...nothing, ...said });
  });

  test('where a create was put, as far as the answer tells', () => {
    const created = { ...nothing, interaction: 'create', resourceType: 'Observation' };
    const asked = { method: 'POST', path: 'Observation' };
    expect(accessOf(asked, { ...ok, location: 'https://h.test/fhir/Observation/17/_history/1' })).toEqual({
      ...created,
      serverId: '17',
    });
    expect(accessOf(asked, { ...ok, location: 'Observation/17' })).toEqual({ ...created, serverId: '17' });
    expect(accessOf(asked, ok)).toEqual(created);
    expect(accessOf(asked, { kind: 'unknown' })).toEqual(created);
  });

  test('no server id that is none', () => {
    expect(accessOf({ method: 'GET', path: 'Device/a%20b' }, ok).serverId).toBeNull();
    expect(accessOf({ method: 'GET', path: `Device/${'a'.repeat(64)}` }, ok).serverId).toBe('a'.repeat(64));
    expect(accessOf({ method: 'GET', path: `Device/${'a'.repeat(65)}` }, ok).serverId).toBeNull();
  });
});

describe('a search says what it searched by, and not for what', () => {
  test('in a URL', () => {
    const path = 'Device?identifier=urn%3Ax%7Ccanary&_count=5&identifier=canary&patient:Patient.name=canary';
    expect(accessOf({ method: 'GET', path }, ok)).toEqual({
      ...nothing,
      interaction: 'search',
      resourceType: 'Device',
      query: 'identifier&_count&patient:Patient.name',
    });
  });

  test('in a body', () => {
    const asked = { method: 'POST', path: 'Patient/_search', body: 'identifier=urn%3Amrn%7Ccanary' };
    expect(accessOf(asked, ok)).toEqual({
      ...nothing,
      interaction: 'search',
      resourceType: 'Patient',
      query: 'identifier',
    });
  });

  test('in a page that the server named: on the base, with a query of its own words', () => {
    const path = '?_getpages=canary-1&canary%20name=1';
    expect(accessOf({ method: 'GET', path }, ok)).toEqual({ ...nothing, interaction: 'search', query: '_getpages' });
  });

  test('where the body is none, nothing', () => {
    expect(accessOf({ method: 'POST', path: 'Patient/_search' }, ok).query).toBeNull();
  });
});

describe('a Bundle says what became of each entry', () => {
  const bundle = (type: string) => ({
    type,
    entry: [
      { request: { method: 'POST', url: 'Observation' } },
      { request: { method: 'PUT', url: 'Device/4' } },
      { request: { method: 'DELETE', url: 'AdverseEvent/5' } },
    ],
  });

  test('with the place of what was created', () => {
    const body = {
      entry: [
        { response: { status: '201 Created', location: 'Observation/17/_history/1' } },
        { response: { status: '412', location: '' } },
        {},
      ],
    };
    expect(accessOf({ method: 'POST', path: '', body: bundle('transaction') }, { ...ok, body })).toEqual({
      ...nothing,
      interaction: 'transaction',
      entries: ['create Observation/17 201', 'update Device/4 412', 'delete AdverseEvent/5'],
    });
  });

  test('as it was asked, where the answer tells nothing', () => {
    const entries = ['create Observation', 'update Device/4', 'delete AdverseEvent/5'];
    const asked = { method: 'POST', path: '', body: bundle('batch') };
    expect(accessOf(asked, { kind: 'unknown' })).toEqual({ ...nothing, interaction: 'batch', entries });
    expect(accessOf(asked, { ...ok, body: 'canary' })).toEqual({ ...nothing, interaction: 'batch', entries });
  });
});
