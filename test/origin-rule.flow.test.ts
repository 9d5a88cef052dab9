import type { Device, Observation, Procedure } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../src/app.ts';
import type { DestinationRuntime } from '../src/destination-runtime.ts';
import { destinationStatuses } from '../src/operate/destination-status.ts';
import { knownThere, plannedAt } from '../src/operate/planned.ts';
import { openAdapter, report, settle } from './flow/adapter.ts';
import { clinicOf, mrnSystem } from './flow/events.ts';
import { admit, type Hospital, ofDeployment, openHospital } from './flow/hospital.ts';

/** `notFrom`: what a hospital's own systems report is not written back to it. */
const own = 'urn:oid:1.2.840.114350.1.13';
const clinic = clinicOf('MRN1');
const ofHospital = (event: ReturnType<typeof clinic.refill>) => ({
  ...event,
  source: { ...event.source, system: own },
});

let hospital: Hospital;
let registry: Hospital;
let app: App;

beforeEach(async () => {
  hospital = await openHospital();
  registry = await openHospital();
  for (const each of [hospital, registry]) await admit(each, mrnSystem, ['MRN1']);
});
afterEach(async () => {
  await app.close();
  await hospital.sandbox.close();
  await registry.sandbox.close();
});

const heldAt = (at: Hospital) =>
  ofDeployment(at.sandbox.resources(), app.identifierSystem).map(({ resource }) => resource);
const idsOf = (at: Hospital, type: string) =>
  heldAt(at)
    .filter(({ resourceType }) => resourceType === type)
    .map((resource) => (resource as Procedure).identifier?.[1]?.value);

describe('a destination that bars its own sources', () => {
  beforeEach(async () => {
    app = await openAdapter({ hospital }, { notFrom: [own] });
  });

  it('is told nothing of a therapy that only its own system reported', async () => {
    await report(app, ofHospital(clinic.implant('implant', 1, 100)), ofHospital(clinic.doseChange('dose', 20, 120)));
    await settle(app);
    expect(heldAt(hospital)).toEqual([]);
  });

  it('is told what others reported, with the devices that it is about and without what was its own', async () => {
    await report(app, ofHospital(clinic.implant('implant', 1, 100)), clinic.refill('refill', 20, 120));
    await settle(app);
    expect(idsOf(hospital, 'Procedure')).toEqual(['MRN1-refill']);
    expect(heldAt(hospital).filter(({ resourceType }) => resourceType === 'Device')).toHaveLength(1);
    const panels = heldAt(hospital).filter(
      (resource): resource is Observation => resource.resourceType === 'Observation',
    );
    expect(panels.every(({ identifier }) => identifier?.[1]?.value === 'MRN1-refill')).toBe(true);
    const [device] = heldAt(hospital).filter((resource): resource is Device => resource.resourceType === 'Device');
    expect(device?.serialNumber).toBe('SER-MRN1');
  });

  it('says in preview and status what is kept back and why', async () => {
    await report(app, ofHospital(clinic.implant('implant', 1, 100)), clinic.refill('refill', 20, 120));
    const runtime = app.destinations[0] as DestinationRuntime;
    const known = await knownThere(app, runtime);
    if (!known) throw new Error('its statement is not known');
    const patientId = app.identify('default', 'test', mrnSystem, 'MRN1');
    const { losses } = await plannedAt(app, runtime, known, { tenant: 'default', environment: 'test', patientId });
    const kept = losses.filter(({ reason }) => reason.includes('notFrom')).map(({ resourceType }) => resourceType);
    expect(kept).toContain('Procedure');
    // The pump goes along with the refill; the catheter does not.
    expect(kept.filter((type) => type === 'Device')).toHaveLength(1);
    const [status] = await destinationStatuses(app, 'of-the-store');
    expect(status?.notFrom).toEqual([own]);
  });
});

describe('beside it, a destination that bars nobody', () => {
  it('is told everything', async () => {
    app = await openAdapter({ registry });
    await report(app, ofHospital(clinic.implant('implant', 1, 100)), clinic.refill('refill', 20, 120));
    await settle(app);
    expect(idsOf(registry, 'Procedure').toSorted()).toEqual(['MRN1-implant', 'MRN1-refill']);
  });
});
