import { type App, openApp } from '../app.ts';
import { loadConfig } from '../config.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import { inWords, type Problem } from '../event/problem.ts';
import { mappingStateAt } from '../operate/mapping-release.ts';
import { readState } from '../store/destination-state.ts';
import { chosenDestination } from './chosen-destination.ts';
import { checkCapabilities, checkFacts, checkScopes, checkTiers, routesAt } from './doctor-capabilities.ts';
import { type Check, inLines, noted, ok } from './doctor-check.ts';
import { checkAddress, checkDiscovery, checkTls, checkToken } from './doctor-connection.ts';
import { checkPatient } from './doctor-patient.ts';

export interface Wanted {
  readonly destination?: string | undefined;
  /** Keyed id of the patient to look for. */
  readonly patient?: string | undefined;
  readonly format: 'lines' | 'json';
}

/** Looks at destinations step by step, and says what to do. Writes nothing there. 1 where anything failed. */
export async function doctor(
  configPath: string | undefined,
  { destination, patient, format }: Wanted,
): Promise<number> {
  const config = loadConfig(configPath);
  const destinations = destination === undefined ? config.destinations : [chosenDestination(config, destination)];
  const app = await openApp({ ...config, destinations });
  let isWell = true;
  const tell = (name: string, check: Check) => {
    isWell &&= check.result !== 'failed';
    process.stdout.write(`${format === 'json' ? JSON.stringify({ destination: name, ...check }) : inLines(check)}\n`);
  };
  try {
    for (const runtime of app.destinations) {
      const { name, environment, fhirBaseUrl } = runtime.destination;
      if (format === 'lines') process.stdout.write(`${name} (${environment}), ${withoutPassword(fhirBaseUrl)}\n`);
      for await (const check of checks(app, runtime, patient)) tell(name, check);
    }
    tell('', backup);
    return isWell ? 0 : 1;
  } finally {
    await app.close();
  }
}

/** In this order: where one fails, those that need it are not tried. */
async function* checks(app: App, runtime: DestinationRuntime, patient: string | undefined): AsyncGenerator<Check> {
  yield await checkStanding(app, runtime);
  for (const look of [checkAddress, (at: DestinationRuntime) => checkTls(at, app.now()), checkDiscovery, checkToken]) {
    const check = await look(runtime);
    yield check;
    if (check.result === 'failed') return yield notTried;
  }
  const { check, capabilities } = await checkCapabilities(app, runtime);
  yield check;
  if (!capabilities) return yield notTried;
  const routes = routesAt(runtime, capabilities);
  yield checkFacts(runtime, capabilities);
  yield checkTiers(routes);
  yield await checkScopes(runtime, routes);
  yield checkPace(runtime, capabilities);
  yield await checkPatient(app, runtime, patient);
}

const notTried = noted('The rest', 'was not tried: it needs what failed.');

/** What the store knows: a pause, a mapping that waits, the last trouble. */
async function checkStanding(app: App, { destination }: DestinationRuntime): Promise<Check> {
  const { tenant, name } = destination;
  const state = await readState(app.store.db, { tenant, destination: name });
  const nowMs = await app.store.nowMs();
  if (state?.paused_until != null && state.paused_until > nowMs) {
    const until = Temporal.Instant.fromEpochMilliseconds(state.paused_until);
    return noted(
      'Sending',
      `paused until ${until}${state.pause_reason ? ` (${state.pause_reason})` : ''}.`,
      `itb-fhir resume ${name}`,
    );
  }
  if ((await mappingStateAt(app, destination)) === 'waiting') {
    return noted('Sending', 'a new mapping waits; what was already sent stays as it is.', `itb-fhir release ${name}`);
  }
  const trouble = state?.last_problem && (state.last_problem_at ?? 0) >= (state.last_answer_at ?? 0);
  if (trouble)
    return noted('Sending', `the last request failed: ${inWords(JSON.parse(state.last_problem as string) as Problem)}`);
  return ok('Sending', 'neither paused nor waiting for a release.');
}

function checkPace({ destination }: DestinationRuntime, { requestsPerSecond, concurrency }: Bearable): Check {
  const stated = [destination.throttle?.requestsPerSecond, requestsPerSecond].filter((limit) => limit !== undefined);
  const pace = stated.length > 0 ? `at most ${Math.min(...stated)} requests/s` : 'no limit on requests/s';
  const patients = Math.min(destination.concurrency, concurrency ?? destination.concurrency);
  const { failures, firstWaitMs } = destination.breaker;
  const breaker = `after ${failures} failures in a row it rests for ${firstWaitMs / 1000} s and longer`;
  return ok('Pace', `${pace}, ${patients} ${patients === 1 ? 'patient' : 'patients'} at a time; ${breaker}.`);
}

interface Bearable {
  readonly requestsPerSecond?: number | undefined;
  readonly concurrency?: number | undefined;
}

const backup = noted(
  'Deployment key',
  'every identity that we write is derived from it.',
  'Keep it in your backup, apart from the database: `deploymentKeyFile` or ITB_FHIR_DEPLOYMENT_KEY.',
);

/** An address may carry a name and a password. */
const withoutPassword = (url: string): string => url.replace(/^(https?:\/\/)[^/@]*@/, '$1');
