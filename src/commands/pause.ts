import { ConfigError } from '../config.ts';
import { appendAudit } from '../store/audit.ts';
import { pauseDestination, resumeDestination } from '../store/destination-state.ts';
import { atDestination } from './chosen-destination.ts';
import { operator } from './operator.ts';

export interface Pause {
  /** An instant with its offset. */
  readonly until?: string | undefined;
  /** A length of time: `30min`, `4h`, `2d`. */
  readonly for?: string | undefined;
  /** Kept in the audit, shown by `status`. */
  readonly reason: string;
}

/** Nothing is sent to the destination until then. Runs under way end first. */
export function pause(configPath: string | undefined, named: string, wanted: Pause): Promise<number> {
  if (wanted.reason.trim() === '') throw new ConfigError('--reason says why, without names or record numbers.');
  return atDestination(configPath, named, async (app, { destination: { tenant, name } }) => {
    const nowMs = await app.store.nowMs();
    const until = endOf(wanted, Temporal.Instant.fromEpochMilliseconds(nowMs)).round('second');
    const untilMs = until.epochMilliseconds;
    if (untilMs <= nowMs) throw new ConfigError('The pause would be over already: name a later instant.');
    const reason = wanted.reason.trim();
    await app.store.transaction(async (trx) => {
      // An operator may also shorten a pause.
      await resumeDestination(trx, { tenant, destination: name });
      await pauseDestination(trx, { tenant, destination: name }, { untilMs, reason });
      const detail = { destination: name, until: until.toString(), reason };
      await appendAudit(trx, { tenant, at: nowMs, action: 'pause', actor: operator(), outcome: 'done', detail });
    });
    console.error(
      `${name} is paused until ${until}. Reports are taken as before; itb-fhir resume ${name} ends it earlier.`,
    );
    return 0;
  });
}

export function resume(configPath: string | undefined, named: string): Promise<number> {
  return atDestination(configPath, named, async (app, { destination: { tenant, name } }) => {
    const at = await app.store.nowMs();
    await app.store.transaction(async (trx) => {
      await resumeDestination(trx, { tenant, destination: name });
      const detail = { destination: name };
      await appendAudit(trx, { tenant, at, action: 'resume', actor: operator(), outcome: 'done', detail });
    });
    console.error(`${name} is sent to again.`);
    return 0;
  });
}

function endOf(wanted: Pause, now: Temporal.Instant): Temporal.Instant {
  if ((wanted.until === undefined) === (wanted.for === undefined)) {
    throw new ConfigError('Say for how long: either --until INSTANT or --for 4h.');
  }
  return wanted.until === undefined ? now.add(lengthOf(wanted.for ?? '')) : instantOf(wanted.until);
}

function instantOf(text: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(text);
  } catch {
    throw new ConfigError('--until takes an instant with its offset, e.g. 2026-11-21T22:00:00-05:00.');
  }
}

/** Days have 24 hours here: a pause is no appointment. */
function lengthOf(text: string): Temporal.Duration {
  const [, count, unit] = /^([1-9]\d{0,3}) ?(min|h|d)$/.exec(text) ?? [];
  if (count === undefined) throw new ConfigError('--for takes a length of time: 30min, 4h, 2d.');
  if (unit === 'min') return Temporal.Duration.from({ minutes: Number(count) });
  return Temporal.Duration.from({ hours: unit === 'd' ? 24 * Number(count) : Number(count) });
}
