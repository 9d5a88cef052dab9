import type { Course } from '../../pump-status/course-schema.ts';
import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { failureOf, ReadingFailure } from './failure.ts';

/** The adapter’s own answer about one patient. */
export interface OwnAnswer {
  readonly status: PumpStatus;
  readonly course: Course | undefined;
}

/** Asks the adapter, whose routes start at `ours`, with a token of it. */
export async function ownStatus(ours: string, patient: string, token: string): Promise<OwnAnswer> {
  const at = `${ours}status/${encodeURIComponent(patient)}`;
  const [status, course] = await Promise.all([
    answered<PumpStatus>(at, token),
    // The numbers stand without the charts.
    answered<Course>(`${at}/course`, token).catch(() => undefined),
  ]);
  return { status, course };
}

async function answered<Answer>(address: string, token: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const response = await fetch(address, { headers, cache: 'no-store' }).catch(() => {
    throw new ReadingFailure('unreachable', 'The pump adapter could not be reached.');
  });
  if (!response.ok) throw failureOf(response.status, 'The pump adapter');
  return (await response.json()) as Answer;
}
