import { type Request, type RequestHandler, type Response, raw } from 'express';
import type { App } from '../app.ts';
import { type Problem, problem } from '../event/problem.ts';
import type { Format } from '../intake/item.ts';
import { answer, refuseWith } from './answer.ts';
import { type Pressure, pressureOf } from './pressure.ts';
import { ratePerSender } from './rate.ts';
import type { Arrival, Receiving } from './receive.ts';
import { nameOfRequest, prefersLater } from './request-name.ts';
import type { Sender, Senders } from './senders.ts';
import { provenIn, type WhoSends, whoSends } from './who-sends.ts';

/** What every route has in common at which something is reported over HTTP. */
export interface Door {
  /**
   * In this order: is there room; who sends, and may they now; is the media type one of these; the body, unpacked, with
   * its limit; its name. What passes is found by `arrived`.
   */
  guard(accepted: Accepted): RequestHandler[];
  /** For what has no body: who asks. */
  readonly whoAsks: readonly RequestHandler[];
  /** Receives it now, or leaves it waiting where its sender prefers that, and answers. */
  take(request: Request, response: Response, arrival: Omit<Arrival, 'sender' | 'messageId'>): Promise<void>;
  readonly receiving: Receiving;
  /** Where receipts are looked up, as others reach us. */
  readonly receiptsUrl: string;
}

export interface Accepted {
  /** By media type, in lower case. */
  readonly formats: Readonly<Record<string, Format>>;
  /** `utf-8`: no other charset may be stated. `as-stated`: the route decodes. */
  readonly charset: 'utf-8' | 'as-stated';
}

/** A request that was let in. */
export interface Arrived {
  readonly sender: Sender;
  readonly format: Format;
  /** As sent, unpacked. */
  readonly body: Buffer;
  /** As stated with the media type, in lower case. */
  readonly charset: string | undefined;
  /** How its sender names it. */
  readonly messageId: string | undefined;
}

export function arrived(request: Request, response: Response): Arrived {
  const { format, charset, messageId } = response.locals as Pick<Arrived, 'format' | 'charset' | 'messageId'>;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const proven = provenIn(response);
  if (!proven) throw new Error('a route of senders stands outside the door');
  return { sender: proven.sender, format, body, charset, messageId };
}

export interface DoorParts {
  readonly receiving: Receiving;
  readonly senders: Senders;
  /** Whether another message may be left waiting. */
  readonly mayWait: () => boolean;
}

export function openDoor(app: App, { receiving, senders, mayWait }: DoorParts): Door {
  const { intake, server } = app.config;
  const pressure = pressureOf(intake, receiving);
  const who = whoSends(app, senders);
  const rate = ratePerSender(app);
  const receiptsUrl = `${server.publicUrl}/receipts`;
  const named = naming();
  return {
    ...{ receiving, receiptsUrl },
    whoAsks: [who.beforeBody, who.afterBody, rate],
    guard: (accepted) => [
      roomFor(app, pressure, accepted),
      who.beforeBody,
      rateIfProven(rate),
      understood(accepted),
      wholeBody(app, accepted),
      ...signedBody(who, rate),
      named,
    ],
    async take(request, response, arrival) {
      const { sender, messageId } = arrived(request, response);
      const whole = { ...arrival, sender, messageId };
      if (!prefersLater(request.headers)) return answer(response, await receiving.receive(whole), receiptsUrl);
      if (!mayWait()) return tooBusy(app, response, 'as many messages as may wait are waiting');
      answer(response, await receiving.leaveWaiting(whole), receiptsUrl);
    },
  };
}

/** Before anything of a body is read. */
function roomFor(app: App, pressure: Pressure, accepted: Accepted): RequestHandler {
  return (request, response, next) => {
    if (pressure.isStoreSlow()) return tooBusy(app, response, 'what came before is not durable yet');
    const release = pressure.take(roomOf(request, limitOf(app, accepted, request)));
    if (!release) return tooBusy(app, response, 'as much as may be taken at once is being taken');
    response.on('close', release);
    next();
  };
}

/** As long as it says that it is, if it says so of what we will hold; else as long as it may be. */
function roomOf({ headers }: Request, limit: number): number {
  const stated = Number(headers['content-length'] ?? limit);
  const isPacked = (headers['content-encoding'] ?? 'identity') !== 'identity';
  return isPacked || !Number.isFinite(stated) ? limit : Math.min(stated, limit);
}

function tooBusy({ metrics }: App, response: Response, says: string): void {
  metrics.senderDenied('too-busy');
  response.set('Retry-After', '5');
  refuseWith(response, 503, [problem('too-busy', says)]);
}

/** Who signed the body is known, and hence counted, only after it. */
const rateIfProven =
  (rate: RequestHandler): RequestHandler =>
  (request, response, next) =>
    provenIn(response) ? rate(request, response, next) : next();

function signedBody(who: WhoSends, rate: RequestHandler): RequestHandler[] {
  const rateOfSigned: RequestHandler = (request, response, next) =>
    provenIn(response)?.webhookId === undefined ? next() : rate(request, response, next);
  return [who.afterBody, rateOfSigned];
}

function understood({ formats, charset: taken }: Accepted): RequestHandler {
  const refused = (response: Response, says: string) =>
    refuseWith(response, 415, [problem('media-type-unsupported', says)]);
  return (request, response, next) => {
    const stated = request.headers['content-type'] ?? '';
    const format = formats[mediaType(stated)];
    if (!format) return refused(response, 'this media type is not understood');
    const [, charset] = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(stated.toLowerCase()) ?? [];
    if (taken === 'utf-8' && charset !== undefined && !/^(utf-?8|us-ascii)$/.test(charset)) {
      return refused(response, 'this is UTF-8 here; this charset is not understood');
    }
    Object.assign(response.locals, { format, charset });
    next();
  };
}

const mediaType = (stated: string): string => stated.split(';')[0]?.trim().toLowerCase() ?? '';

/** What is signed is signed as it travels, so it is not packed: nobody could tell what was signed. */
function wholeBody(app: App, accepted: Accepted): RequestHandler {
  const readers = new Map<string, RequestHandler>();
  return (request, response, next) => {
    const limit = limitOf(app, accepted, request);
    const inflate = provenIn(response) !== undefined;
    const key = `${limit} ${inflate}`;
    const reader = readers.get(key) ?? raw({ type: () => true, limit, inflate });
    readers.set(key, reader);
    reader(request, response, next);
  };
}

function limitOf({ config }: App, { formats }: Accepted, request: Request): number {
  const { maxBytes, maxBytesOf } = config.intake;
  const format = formats[mediaType(request.headers['content-type'] ?? '')];
  return (format && maxBytesOf[format]) ?? maxBytes;
}

/** What is under way under a name is under way once: whoever asks again meanwhile is told to wait. */
function naming(): RequestHandler {
  const underWay = new Set<string>();
  return (request, response, next) => {
    const proven = provenIn(response);
    const name: string | Problem | undefined = nameOfRequest(request.headers, proven?.webhookId);
    if (name === undefined) return next();
    if (typeof name !== 'string') return refuseWith(response, 400, [name]);
    const key = JSON.stringify([proven?.sender.tenant, proven?.sender.name, name]);
    if (underWay.has(key)) {
      response.set('Retry-After', '1');
      return refuseWith(response, 409, [problem('idempotency-key-under-way', 'a request of this key is under way')]);
    }
    underWay.add(key);
    response.on('close', () => underWay.delete(key));
    Object.assign(response.locals, { messageId: name });
    next();
  };
}
