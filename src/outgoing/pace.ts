import { TokenBucket } from 'limiter';

/** How fast a destination is asked. */
export interface Throttle {
  readonly requestsPerSecond: number;
  /** Requests that may follow each other at once after a silence. */
  readonly burst: number;
}

export interface Pace {
  /** How long a request that came now would wait for its turn. */
  waitMs(): number;
  /** Comes back when it is this request's turn; turns are given in the order in which they were asked for. */
  next(): Promise<void>;
}

/** Turns of one destination, whatever number of its patients ask for one. Without a throttle every turn is at once. */
export function pace(throttle: Throttle | undefined): Pace {
  if (!throttle) return unhurried;
  const { requestsPerSecond, burst } = throttle;
  const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: requestsPerSecond, interval: 'second' });
  bucket.content = burst;
  let waiting = 0;
  return {
    // The bucket knows nothing of those who already wait for what drips into it.
    waitMs: () => bucket.getWaitTime(1) + (waiting * 1000) / requestsPerSecond,
    async next() {
      if (waiting === 0 && bucket.tryRemoveTokens(1)) return;
      waiting++;
      await bucket.removeTokens(1).finally(() => waiting--);
    },
  };
}

const unhurried: Pace = {
  waitMs: () => 0,
  next: () => Promise.resolve(),
};
