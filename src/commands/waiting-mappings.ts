import type { App } from '../app.ts';
import { mappingStateAt } from '../operate/mapping-release.ts';

/** Tells for which destinations a new mapping waits for an operator. */
export async function tellWaitingMappings(app: App): Promise<void> {
  for (const { destination } of app.destinations) {
    if ((await mappingStateAt(app, destination)) === 'released') continue;
    const { name } = destination;
    console.error(
      `${name}: a new mapping waits. What was already sent stays as it is; look at itb-fhir replay --dry-run --destination ${name}, then itb-fhir release ${name}.`,
    );
  }
}
