import { createInterface } from 'node:readline/promises';
import type { App } from '../app.ts';
import { ConfigError } from '../config.ts';
import type { ConfiguredDestination } from '../config-destination.ts';
import { mappingChanges } from '../operate/mapping-changes.ts';
import { mappingStateAt } from '../operate/mapping-release.ts';
import { oweGradually } from '../outbox/owe-gradually.ts';
import { appendAudit } from '../store/audit.ts';
import { releaseMapping } from '../store/destination-state.ts';
import { atDestination } from './chosen-destination.ts';
import { mappingChangesTold } from './mapping-changes-told.ts';
import { operator } from './operator.ts';
import { eventProgress } from './progress.ts';

export interface Release {
  /** `ask`: a human on a terminal says yes. */
  readonly consent: 'given' | 'ask';
  /** Patients that become due in a minute: what is reported meanwhile goes in between. */
  readonly patientsPerMinute: number;
}

/** Shows what the present mapping would change, then lets it. 1 where it was not let in. */
export function releaseAt(configPath: string | undefined, named: string, wanted: Release): Promise<number> {
  return atDestination(configPath, named, async (app, runtime) => {
    const { destination } = runtime;
    if ((await mappingStateAt(app, destination)) === 'released') {
      console.error(`${destination.name}: the present mapping is released already. Nothing waits.`);
      return 0;
    }
    const progress = await eventProgress(app, destination);
    const changes = await mappingChanges(app, runtime, { progress: progress.step });
    progress.stop();
    console.error(mappingChangesTold(destination.name, changes, app.mappingVersion));
    if (wanted.consent === 'ask' && !(await agreed(destination.name))) {
      console.error('Nothing was released.');
      return 1;
    }
    const patients = await released(app, destination, 60_000 / wanted.patientsPerMinute);
    console.error(
      `Released for ${destination.name}: ${patients} ${patients === 1 ? 'patient is' : 'patients are'} looked at again, ${wanted.patientsPerMinute} a minute; only differences are sent.`,
    );
    return 0;
  });
}

async function agreed(name: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) throw new ConfigError(`Add --yes to release it for ${name} without being asked.`);
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await questions.question(`Let these changes go to ${name}? Type its name: `);
  questions.close();
  return answer.trim() === name;
}

async function released(app: App, { tenant, name }: ConfiguredDestination, spacingMs: number): Promise<number> {
  const at = await app.store.nowMs();
  return app.store.transaction(async (trx) => {
    const key = { tenant, destination: name };
    await releaseMapping(trx, key, app.mappingVersion);
    const patients = await oweGradually(trx, key, { spacingMs });
    const detail = { destination: name, mapping: app.mappingVersion, patients };
    await appendAudit(trx, { tenant, at, action: 'release', actor: operator(), outcome: 'done', detail });
    return patients;
  });
}
