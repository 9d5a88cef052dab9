import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app.ts';
import { serverKind } from '../servers/catalogue.ts';
import { withTypes } from '../servers/offered.ts';
import { admit, type OpenServer, openDeployment, openServer } from '../servers/open-server.ts';
import { openReviewOf, report, settle, ticketsAt } from './adapter.ts';
import { clinicOf } from './events.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { ofDeployment } from './hospital.ts';
import type { Asked, Fault } from './wire-faults.ts';

/** A server that can be searched for patients alone, takes one plain create after another, and keeps what it got. */
const plain = serverKind('nothing conditional');
const unsearchable = {
  ...plain,
  name: 'no search',
  statement: () =>
    withTypes(plain.statement(), (resource) => {
      if (resource.type === 'Patient') return resource;
      const interaction = resource.interaction?.filter(({ code }) => code !== 'search-type') ?? [];
      return { ...resource, interaction, searchParam: [] };
    }),
};

const mrns = Array.from({ length: 8 }, (_, n) => `N${n}`);
let server: OpenServer;
let proxy: FaultProxy;
let app: App;

beforeEach(async () => {
  server = await openServer(unsearchable);
  await admit(server, ...mrns);
  proxy = await startFaultProxy({ target: server.simulator.baseUrl, choose: firstDeviceOfEach(), lateMs: 600 });
  app = await openDeployment(server, { fhirBaseUrl: proxy.baseUrl, requestTimeoutMs: 500 });
});
afterEach(async () => {
  await app.close();
  await proxy.close();
  await server.close();
});

/** The answer to the first device of each patient is lost, one way or another. */
function firstDeviceOfEach(): (asked: Asked) => Fault | undefined {
  const lost: Fault[] = ['reset after it was applied', 'applied, and answered too late', '500 after it was applied'];
  const patients = new Set<string>();
  return ({ method, body }) => {
    const [patient] = /"reference":"Patient\/[^"]+"/.exec(body) ?? [];
    if (method !== 'POST' || patient === undefined || patients.has(patient)) return undefined;
    patients.add(patient);
    return lost[patients.size % lost.length];
  };
}

function identitiesThere(): string[] {
  return ofDeployment(server.simulator.resources(), app.identifierSystem).map(({ identity }) => identity);
}

describe('a create whose answer was lost at a server that cannot be searched', () => {
  it('is left to a human for each patient, and never sent again', async () => {
    await report(app, ...mrns.map((mrn) => clinicOf(mrn).implant('i', 0, 100)));
    await settle(app);
    expect(Object.values(proxy.harm()).reduce((sum, count) => sum + count, 0)).toBe(mrns.length);
    expect(await openReviewOf(app)).toEqual(mrns.map(() => 'sync send-unresolved'));
    expect(await ticketsAt(app)).toMatchObject({ parked: mrns.length, idle: 0 });
    const there = identitiesThere();
    expect(there).toHaveLength(new Set(there).size);
    expect(there.length).toBeGreaterThanOrEqual(mrns.length);
  });

  it('is not sent again when something new is reported of the same patient', async () => {
    await report(app, ...mrns.map((mrn) => clinicOf(mrn).implant('i', 0, 100)));
    await settle(app);
    const before = identitiesThere();
    await report(app, ...mrns.map((mrn) => clinicOf(mrn).doseChange('d', 10, 120)));
    await settle(app);
    const after = identitiesThere();
    expect(after).toHaveLength(new Set(after).size);
    expect(after).toEqual(expect.arrayContaining(before));
    expect(await ticketsAt(app)).toMatchObject({ parked: mrns.length, idle: 0 });
  });
});
