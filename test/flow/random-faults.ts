import { type Asked, type Fault, wireFaults } from './wire-faults.ts';

/**
 * Harms one request in so many. Kinds are drawn like cards from a pack, so that none stays away for long; one that does
 * not fit a request waits in the pack for one that it fits.
 */
export function randomFaults(random: () => number, share: number): (asked: Asked) => Fault | undefined {
  let pack: Fault[] = [];
  return (asked) => {
    if (random() >= share) return undefined;
    if (pack.length === 0) pack = shuffled(Object.keys(wireFaults) as Fault[], random);
    const place = pack.findIndex((fault) => wireFaults[fault].fits(asked));
    return place < 0 ? undefined : pack.splice(place, 1)[0];
  };
}

/** Fisher–Yates. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last--) {
    const place = Math.floor(random() * (last + 1));
    [mixed[last], mixed[place]] = [mixed[place] as T, mixed[last] as T];
  }
  return mixed;
}
