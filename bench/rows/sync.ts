import { asConfigured } from '../bench-app.ts';
import { deliver } from '../delivery.ts';
import { alternate } from '../measure.ts';
import { plainLoop } from '../plain-loop.ts';
import type { Figure, Row } from '../row.ts';
import { patients, sampleStories } from '../stories.ts';
import { type Stub, startStub } from '../stub/process.ts';
import { mapper, recordedOf } from '../therapies.ts';

const targetRatio = 10;
const targetAtMs = 20;
const patientCount = 24;

/** At each round trip time, how many resources the plain loop creates: enough for seconds, not for minutes. */
const sizes = [
  { latencyMs: 0, creates: 344 },
  { latencyMs: 20, creates: 100 },
  { latencyMs: 200, creates: 15 },
];

const gateText =
  'in every round all resources are there once, a patient is never in two requests, never has two running infusions, ' +
  'no reference dangles, a second look writes nothing';

/** Confirmed writes to a stub FHIR server in another process, from a backlog, order kept within each patient. */
export const sync: Row = {
  name: 'sync',
  async run({ folder }) {
    const stub = await startStub();
    const figures: Figure[] = [];
    try {
      for (const size of sizes) figures.push(await against(stub, folder, size));
    } finally {
      await stub.stop();
    }
    return { figures, gate: gateText };
  },
};

/** What the parts of the speed are worth, at the target's round trip time. */
export const syncAblation: Row = {
  name: 'sync-ablation',
  async run({ folder }) {
    const stub = await startStub();
    const common = { folder, stub, latencyMs: targetAtMs, stories: patients(8), ...asConfigured };
    try {
      const { full, oneLane, oneEntry } = await alternate({
        full: () => deliver(common),
        oneLane: () => deliver({ ...common, concurrency: 1 }),
        oneEntry: () => deliver({ ...common, maxEntries: 1 }),
      });
      const baseline = { name: 'the defaults: 4 patients, 200 resources', spread: full };
      const unit = 'resources/s';
      const figures: Figure[] = [
        { name: `one patient at a time, ${targetAtMs} ms`, unit, ours: oneLane, baseline },
        { name: `one resource a request, ${targetAtMs} ms`, unit, ours: oneEntry, baseline },
      ];
      return { figures, gate: gateText };
    } finally {
      await stub.stop();
    }
  },
};

async function against(
  stub: Stub,
  folder: string,
  { latencyMs, creates }: { latencyMs: number; creates: number },
): Promise<Figure> {
  const stories = patients(patientCount);
  const resources = sampleStories()
    .map(recordedOf)
    .map(mapper())
    .flatMap((result) => result.resources);
  const { ours, plain } = await alternate({
    ours: () => deliver({ folder, stub, latencyMs, stories, ...asConfigured }),
    plain: async () => {
      await stub.reset(latencyMs);
      return plainLoop(stub.fhirBaseUrl, resources.slice(0, creates));
    },
  });
  const target = {
    says: `≥ ${targetRatio} × the plain loop`,
    reached: ours.median >= targetRatio * plain.median,
  };
  return {
    name: `sync, ${latencyMs} ms round trip`,
    unit: 'resources/s',
    ours,
    baseline: { name: 'fhir-kit-client, one create after another', spread: plain },
    ...(latencyMs === targetAtMs && { target }),
  };
}
