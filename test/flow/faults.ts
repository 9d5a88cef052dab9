import type { App } from '../../src/app.ts';
import type { DestinationRuntime } from '../../src/destination-runtime.ts';
import { problem } from '../../src/event/problem.ts';
import type { Answer, FhirClient, FhirRequest } from '../../src/sync/fhir-client.ts';

/** Faults between us and a hospital, put in front of the real client. */

export type Between = (request: FhirRequest, send: FhirClient['send']) => Promise<Answer>;

/** The same adapter, with something between it and each of its hospitals. */
export function withBetween(app: App, between: Between, only?: string): App {
  const changed = (runtime: DestinationRuntime): DestinationRuntime => {
    if (only !== undefined && runtime.destination.name !== only) return runtime;
    return { ...runtime, client: { send: (request) => between(request, runtime.client.send) } };
  };
  return { ...app, destinations: app.destinations.map(changed) };
}

/** The answer got lost on the way: nobody knows whether the request was applied. */
export const noAnswer: Answer = { kind: 'unknown', problem: problem('destination-unavailable', 'no answer') };

export const isTransaction = ({ method, path }: FhirRequest): boolean => method === 'POST' && path === '';

/** What was asked of the hospital, as `METHOD Type…`, without ids and queries. */
export function recording(app: App): { app: App; requests: string[] } {
  const requests: string[] = [];
  const observed = withBetween(app, (request, send) => {
    requests.push(`${request.method} ${request.path.split(/[/?]/)[0] || 'transaction'}`);
    return send(request);
  });
  return { app: observed, requests };
}
