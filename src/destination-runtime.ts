import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import canonicalize from 'canonicalize';
import { type BackendServicesClient, backendServicesClient } from './auth/backend-client.ts';
import type { KeyRing } from './auth/key-ring.ts';
import type { ConfiguredDestination } from './config-destination.ts';
import { factsOf } from './destination-presets.ts';
import { type Hearing, hearing } from './heard.ts';
import type { DestinationMeter } from './metrics.ts';
import { type AddressPolicy, addressPolicy } from './outgoing/address-policy.ts';
import { checkedLookup, dispatcher, type Resolve, type TlsSettings, tlsOptions } from './outgoing/dispatcher.ts';
import { type Gate, gate } from './outgoing/gate.ts';
import { guardedFetch } from './outgoing/guarded-fetch.ts';
import type { Fact } from './sync/facts.ts';
import { type ClientOptions, type FhirClient, fhirClient } from './sync/fhir-client.ts';
import { type MessageSender, messageSender } from './sync/message/send.ts';

/** One destination as a running process holds it: what all its patients share. */
export interface DestinationRuntime {
  readonly destination: ConfiguredDestination;
  readonly client: FhirClient;
  /** Tokens for it. */
  readonly auth: BackendServicesClient;
  /** Which addresses it may have, and what its connections present and trust. */
  readonly connection: { readonly policy: AddressPolicy; readonly tls: TlsSettings };
  /** Its pace, its pauses, and whether it can be reached. */
  readonly gate: Gate;
  readonly hearing: Hearing;
  /** The hospital's interface engine, where there is one. */
  readonly engine?: MessageSender | undefined;
  /** What is known of it beside its statement, in the order in which it counts: the preset's facts, then the site's. */
  readonly facts: readonly Fact[];
  /** Ends its connections. */
  close(): Promise<void>;
}

export interface RuntimeParts {
  readonly keys: KeyRing;
  /** Counts what is asked there and how it is answered. */
  readonly meter?: DestinationMeter;
  readonly mappingsDir: string;
  readonly resolve?: Resolve;
}

/** Throws a sentence for an operator where a file cannot be used. Nothing is sent yet. */
export function destinationRuntime(destination: ConfiguredDestination, parts: RuntimeParts): DestinationRuntime {
  const { fhirBaseUrl, clientId, scopes, requestTimeoutMs, breaker } = destination;
  const ears = hearing();
  const policy = addressPolicy({ allow: destination.allowAddresses, baseUrl: fhirBaseUrl });
  const tls = tlsOf(destination);
  const connections = dispatcher({
    ...{ policy, tls },
    timeoutMs: requestTimeoutMs,
    maxAnswerBytes: destination.maxAnswerBytes,
    ...(parts.resolve && { resolve: parts.resolve }),
  });
  const { keys, meter } = parts;
  const fetch = guardedFetch(connections);
  const auth = backendServicesClient({
    fhirBaseUrl,
    clientId,
    keys,
    scopes,
    requestTimeoutMs,
    fetch,
    asked: meter?.tokenAsked,
  });
  const engine = destination.projection?.hl7v2;
  const socket = { ...tlsOptions(tls), lookup: checkedLookup(policy, parts.resolve) };
  const facts = factsOf(parts.mappingsDir, destination);
  const entrance = gate({ ...paceOf(destination, facts), breaker, longestQueueMs: longestQueueMs(destination) });
  const heard: ClientOptions['heard'] = (answer, seconds) => {
    ears.note(answer);
    meter?.answered(answer.kind === 'answered' ? answer.status : answer.kind, seconds);
  };
  return {
    destination,
    client: fhirClient({ fhirBaseUrl, auth, requestTimeoutMs, gate: entrance, connections, heard }),
    auth,
    connection: { policy, tls },
    gate: entrance,
    hearing: ears,
    engine: engine && messageSender(engine, { timeoutMs: requestTimeoutMs, fetch, policy, socket }),
    facts,
    close: () => connections.destroy(),
  };
}

/** Changes whenever what a destination is to hold could, though nothing was reported and its statement is the same. */
export function settingsFingerprint({ destination, facts }: Pick<DestinationRuntime, 'destination' | 'facts'>): string {
  const { projection, scopes, patientIdentifierSystems, fhirBaseUrl, notFrom } = destination;
  const rule = notFrom?.length ? { notFrom } : {};
  const settings = canonicalize({
    facts,
    projection,
    scopes,
    patientIdentifierSystems,
    fhirBaseUrl,
    ...rule,
  }) as string;
  return createHash('sha256').update(settings).digest('hex').slice(0, 16);
}

/** What the site asks for, and what the server is known to bear: the slower counts. No statement tells the latter. */
function paceOf({ throttle, concurrency }: ConfiguredDestination, facts: readonly Fact[]) {
  const bears = Object.fromEntries(facts.map(({ property, value }) => [property, value]));
  const limits = [throttle?.requestsPerSecond, bears.requestsPerSecond].filter((limit) => typeof limit === 'number');
  const requestsPerSecond = Math.min(...limits);
  return {
    concurrency: Math.min(concurrency, typeof bears.concurrency === 'number' ? bears.concurrency : concurrency),
    ...(limits.length > 0 && { throttle: { requestsPerSecond, burst: throttle?.burst ?? 1 } }),
  };
}

/** A request that waits for its turn holds its lease: the wait is bounded by what a lease can spare. */
const longestQueueMs = ({ requestTimeoutMs }: ConfiguredDestination): number => Math.min(10_000, requestTimeoutMs);

function tlsOf({ tls: { caFile, certFile, keyFile } }: ConfiguredDestination): TlsSettings {
  const textOf = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path, 'utf8'));
  return { ca: textOf(caFile), cert: textOf(certFile), key: textOf(keyFile) };
}
