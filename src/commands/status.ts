import { openApp } from '../app.ts';
import { loadConfig } from '../config.ts';
import { inWords } from '../event/problem.ts';
import { type DestinationStatus, destinationStatuses } from '../operate/destination-status.ts';
import { openByStage } from '../review/count.ts';
import { table } from '../table.ts';
import { ago, span } from './ago.ts';
import { liveStatuses } from './live-status.ts';

/** How every destination stands, and what to do about it. 1 where something is parked or a mapping waits. */
export async function status(configPath: string | undefined, format: 'table' | 'json'): Promise<number> {
  const config = loadConfig(configPath);
  const app = await openApp(config);
  try {
    const live = await liveStatuses(config);
    const statuses = (await destinationStatuses(app, 'of-the-store')).map((each) => ({
      ...each,
      live: live.get(`${each.tenant}/${each.name}`),
    }));
    const reviews = (await openByStage(app.store.db)).reduce((sum, { count }) => sum + Number(count), 0);
    if (format === 'json')
      process.stdout.write(`${JSON.stringify({ destinations: statuses, openReviewItems: reviews })}\n`);
    else process.stdout.write(`${inTable(statuses, app.now(), reviews)}\n`);
    return statuses.some(({ parked, mapping }) => parked > 0 || mapping === 'waiting') ? 1 : 0;
  } finally {
    await app.close();
  }
}

function inTable(statuses: readonly DestinationStatus[], now: Temporal.Instant, reviews: number): string {
  if (statuses.length === 0) return 'No destination is configured. Events are kept, nothing is sent.';
  const isManyTenants = new Set(statuses.map(({ tenant }) => tenant)).size > 1;
  const nameOf = ({ tenant, name }: DestinationStatus) => (isManyTenants ? `${tenant}/${name}` : name);
  const rows = statuses.map((each) => rowOf(each, nameOf(each), now));
  const lines = statuses.flatMap((each) => adviceFor(each, now).map((advice) => `${nameOf(each)}: ${advice}`));
  const waiting =
    reviews > 0 ? [`${reviews} ${reviews === 1 ? 'item waits' : 'items wait'} for a human: itb-fhir review`] : [];
  return [table(head, rows), ...(lines.length + waiting.length > 0 ? ['', ...lines, ...waiting] : [])].join('\n');
}

const head = ['Destination', 'For', 'In step', 'Due', 'Running', 'Waiting', 'Parked', 'Oldest due', 'Last answer'];
head.push('Sending', 'Requests/min', 'Statement', 'Mapping');

function rowOf(each: DestinationStatus, name: string, now: Temporal.Instant): string[] {
  const { environment, idle, due, running, waiting, parked, live } = each;
  return [
    ...[name, environment],
    ...[idle, due, running, waiting, parked].map(String),
    ...[ago(each.oldestDueAt, now), ago(each.lastAnswerAt, now), sendingOf(each)],
    live ? String(live.requestsPerMinute) : '–',
    ago(each.statement?.fetchedAt, now),
    each.mapping,
  ];
}

/** The pause stands in the store; whether it can be reached only the process knows that sends. */
function sendingOf({ pausedUntil, live }: DestinationStatus): string {
  if (pausedUntil) return 'paused';
  if (!live) return 'not known';
  return live.gate === 'open' ? 'open' : `${live.gate}, ${span(live.opensInMs)}`;
}

/** What an operator should do, in sentences. */
function adviceFor(each: DestinationStatus, now: Temporal.Instant): string[] {
  const { pausedUntil, pauseReason, parkedBecause, mapping, lastProblem, lastAnswerAt, name, notFrom } = each;
  const isSince = lastProblem?.at !== undefined && (!lastAnswerAt || lastProblem.at >= lastAnswerAt);
  return [
    ...(pausedUntil
      ? [`paused until ${pausedUntil}${pauseReason ? ` (${pauseReason})` : ''}. itb-fhir resume ${name}`]
      : []),
    ...parkedBecause.map(({ count, problem }) => `${count} parked. ${inWords(problem)}`),
    ...(isSince ? [`last trouble ${ago(lastProblem.at, now)}. ${inWords(lastProblem)}`] : []),
    ...(mapping === 'waiting'
      ? [`a new mapping waits: what was already sent stays as it is. itb-fhir release ${name}`]
      : []),
    ...(notFrom ? [`not told what its own systems report (notFrom): ${notFrom.join(', ')}.`] : []),
  ];
}
