import type { IntakeConfig } from '../config-intake.ts';
import type { Receiving } from './receive.ts';

/** Whether there is room for one more body. What there is no room for is not read: a sender is told to come back. */
export interface Pressure {
  /** A place for a body of at most so many bytes, until it is given back; undefined: there is none. */
  take(bytes: number): (() => void) | undefined;
  /** The store is behind with what was taken already. */
  isStoreSlow(): boolean;
}

export function pressureOf({ pressure }: IntakeConfig, receiving: Pick<Receiving, 'waiting'>): Pressure {
  const { maxBodies, maxBodyBytes, maxSeconds } = pressure;
  let bodies = 0;
  let bytesTaken = 0;
  return {
    take(bytes) {
      if (bodies >= maxBodies || bytesTaken + bytes > maxBodyBytes) return undefined;
      bodies++;
      bytesTaken += bytes;
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        bodies--;
        bytesTaken -= bytes;
      };
    },
    isStoreSlow() {
      const { sinceMs } = receiving.waiting();
      return sinceMs !== undefined && performance.now() - sinceMs > maxSeconds * 1000;
    },
  };
}
