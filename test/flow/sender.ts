import { clinicOf, type Report } from './events.ts';

/** A sending system: reports therapies over HTTP, one by one and in batches, until each is acknowledged. */

/** A number in [0, 1) from a seed, so that a failure can be repeated. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One patient's reports, with a correction and a withdrawal among them. */
export function therapyOfPatient(mrn: string): Report[] {
  const clinic = clinicOf(mrn);
  return [
    ...[clinic.implant('i', 0, 100), clinic.doseChange('d1', 10, 1200), clinic.doseChange('d3', 30, 150)],
    ...[clinic.doseChange('d2', 20, 130), clinic.correctDose('c', 'd1', 10, 120), clinic.refill('r', 60, 150)],
    ...[clinic.assessment('s', 61, 'MAS', '2'), clinic.complication('k', 62), clinic.void('v', 'k', 63)],
  ];
}

/** Posts some events; true when they are acknowledged, false when the connection broke or the answer was no 200. */
export async function post(url: string, events: readonly Report[]): Promise<boolean> {
  const body = JSON.stringify(events.length === 1 ? events[0] : events);
  const headers = { 'content-type': 'application/json' };
  try {
    const response = await fetch(`${url}/events`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
