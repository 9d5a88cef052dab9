import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ProblemCode } from './event/problem.ts';
import type { Format } from './intake/item.ts';
import type { GateState } from './outgoing/gate.ts';

/**
 * The numbers of a process, in Prometheus' text. Every label has a closed set of values (names of the configuration,
 * stages, states, codes, status classes, routes as written in the code), so that none can hold PHI or grow without end.
 */
export interface Metrics {
  /** What became of one event that was sent to us. */
  eventTaken(outcome: EventOutcome, problems: readonly ProblemCode[]): void;
  /** What became of a whole that arrived over a network, and how long that took until it was durable. */
  messageTaken(message: { readonly format: Format; readonly outcome: MessageOutcome; readonly seconds: number }): void;
  /** Somebody who wanted to report something was turned away. */
  senderDenied(why: SenderDenial): void;
  /** A request to us was answered. */
  served(request: { readonly method: string; readonly route: string; readonly status: number; seconds: number }): void;
  /** What one destination's meter is fed with. */
  at(destination: DestinationLabels): DestinationMeter;
  /** Adds the numbers of the process itself: memory, CPU, event loop. Once for each process. */
  watchProcess(): void;
  /** Everything, with what is looked up only when somebody asks. */
  text(standing: Standing): Promise<{ readonly contentType: string; readonly body: string }>;
}

export type EventOutcome = 'accepted' | 'duplicate' | 'refused' | 'left-alone';

/** `known`: it had been received before, and was answered as then. */
export type MessageOutcome = 'taken' | 'refused' | 'known';

export type SenderDenial = 'unauthenticated' | 'too-many-failures' | 'too-fast' | 'too-busy';

export interface DestinationLabels {
  readonly tenant: string;
  readonly destination: string;
}

export interface DestinationMeter {
  /** `answer`: the status, or that none came. `seconds`: on the wire, without waiting for its turn. */
  answered(answer: number | 'not-sent' | 'unknown', seconds: number | undefined): void;
  tokenAsked(outcome: 'granted' | ProblemCode): void;
}

/** What stands in the store and in the gates at this moment. */
export interface Standing {
  readonly tickets: readonly (DestinationLabels & { readonly state: string; readonly count: number })[];
  readonly ages: readonly (DestinationLabels & { readonly state: string; readonly seconds: number })[];
  readonly gates: readonly (DestinationLabels & { readonly state: GateState })[];
  readonly review: readonly { readonly stage: string; readonly count: number }[];
  readonly intake: {
    /** Whole messages whose senders wait for an answer. */
    readonly notDurable: number;
    /** Whole messages that are durable and not read yet, and how long the first of them waits. */
    readonly waiting: number;
    readonly waitingSeconds: number;
  };
}

const destination = ['tenant', 'destination'] as const;

export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const events = new Counter({
    ...{ name: 'itb_events_total', help: 'Events sent to us, by what became of them.', registers },
    labelNames: ['outcome'],
  });
  const problems = new Counter({
    ...{ name: 'itb_event_problems_total', help: 'Problems of refused events, by code.', registers },
    labelNames: ['code'],
  });
  const messages = new Histogram({
    ...{ name: 'itb_message_duration_seconds', help: 'Messages sent to us, until they are durable.', registers },
    labelNames: ['format', 'outcome'],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  });
  const denied = new Counter({
    ...{ name: 'itb_senders_denied_total', help: 'Requests of senders that were turned away, by reason.', registers },
    labelNames: ['why'],
  });
  const served = new Histogram({
    ...{ name: 'itb_http_request_duration_seconds', help: 'Requests to us, by route as written.', registers },
    labelNames: ['method', 'route', 'status'],
  });
  const answers = new Counter({
    ...{ name: 'itb_destination_requests_total', help: 'Requests to destinations, by class of answer.', registers },
    labelNames: [...destination, 'answer'],
  });
  const durations = new Histogram({
    ...{ name: 'itb_destination_request_duration_seconds', help: 'How long destinations take.', registers },
    labelNames: destination,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  });
  const tokens = new Counter({
    ...{ name: 'itb_token_requests_total', help: 'Access tokens asked for, by outcome.', registers },
    labelNames: [...destination, 'outcome'],
  });
  const standing = standingGauges(registers);

  return {
    eventTaken(outcome, codes) {
      events.inc({ outcome });
      for (const code of codes) problems.inc({ code });
    },
    messageTaken: ({ seconds, ...labels }) => messages.observe(labels, seconds),
    senderDenied: (why) => denied.inc({ why }),
    served: ({ method, route, status, seconds }) =>
      served.observe({ method: knownMethod(method), route, status: classOf(status) }, seconds),
    at: (labels) => ({
      answered(answer, seconds) {
        answers.inc({ ...labels, answer: typeof answer === 'number' ? classOf(answer) : answer });
        if (seconds !== undefined) durations.observe({ ...labels }, seconds);
      },
      tokenAsked: (outcome) => tokens.inc({ ...labels, outcome }),
    }),
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    async text(now) {
      standing(now);
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

/** Set anew at each reading: what is gone from the store is gone from the numbers. */
function standingGauges(registers: Registry[]): (now: Standing) => void {
  const tickets = new Gauge({
    ...{ name: 'itb_tickets', help: 'Runs that destinations are owed, by state.', registers },
    labelNames: [...destination, 'state'],
  });
  const ages = new Gauge({
    ...{ name: 'itb_ticket_age_seconds', help: 'How long the oldest due (the lag) and parked one lies.', registers },
    labelNames: [...destination, 'state'],
  });
  const gates = new Gauge({
    name: 'itb_destination_gate',
    help: '1 for the state it is in: open, paused (asked to wait), closed (found down), probing.',
    labelNames: [...destination, 'state'],
    registers,
  });
  const review = new Gauge({
    ...{ name: 'itb_review_items', help: 'What waits for a human, by the stage that found it.', registers },
    labelNames: ['stage'],
  });
  const intake = new Gauge({
    ...{ name: 'itb_intake_messages', help: 'Messages not durable yet, and those that wait to be read.', registers },
    labelNames: ['state'],
  });
  const intakeAge = new Gauge({
    ...{ name: 'itb_intake_waiting_seconds', help: 'How long the first message waits to be read.', registers },
  });
  return (now) => {
    intake.set({ state: 'not-durable' }, now.intake.notDurable);
    intake.set({ state: 'waiting' }, now.intake.waiting);
    intakeAge.set(now.intake.waitingSeconds);
    for (const gauge of [tickets, ages, gates, review]) gauge.reset();
    for (const { count, ...labels } of now.tickets) tickets.set(labels, count);
    for (const { seconds, ...labels } of now.ages) ages.set(labels, seconds);
    for (const { state, ...labels } of now.gates) {
      for (const each of gateStates) gates.set({ ...labels, state: each }, each === state ? 1 : 0);
    }
    for (const { stage, count } of now.review) review.set({ stage }, count);
  };
}

const gateStates: readonly GateState[] = ['open', 'paused', 'closed', 'probing'];

const classOf = (status: number): string => `${Math.floor(status / 100)}xx`;

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** A client may send any word as a method. */
const knownMethod = (method: string): string => (methods.has(method) ? method : 'other');
