import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { App } from '../app.ts';
import { problem } from '../event/problem.ts';
import { refuseWith } from './answer.ts';
import { provenIn } from './who-sends.ts';

/**
 * Lets a sender through as often as it is configured, and says with each answer how much is left (RateLimit headers of
 * the IETF draft, its eighth version). Counted in this process.
 */
export function ratePerSender({ config, metrics }: App): RequestHandler {
  const spans = new Set(config.senders.map(({ rate }) => rate.seconds));
  const limiters = new Map([...spans].map((seconds) => [seconds, limiter(seconds, metrics)]));
  return (request, response, next) => {
    const limit = limiters.get(provenIn(response)?.sender.rate?.seconds ?? 0);
    return limit ? limit(request, response, next) : next();
  };
}

const limiter = (seconds: number, metrics: App['metrics']) =>
  rateLimit({
    windowMs: seconds * 1000,
    limit: (_request, response) => provenIn(response)?.sender.rate?.requests ?? 1,
    keyGenerator: (_request, response) => provenIn(response)?.sender.name ?? '',
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler(_request, response) {
      metrics.senderDenied('too-fast');
      refuseWith(response, 429, [problem('too-many-requests', 'more requests than this sender may make')]);
    },
  });
