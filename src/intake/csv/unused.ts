import type { Unused } from '../item.ts';

/** What the rows of a file did not use, counted over all of them. */
export class UnusedColumns {
  private readonly counted = new Map<string, { -readonly [Key in keyof Unused]: Unused[Key] }>();

  add(unused: readonly Unused[]): void {
    for (const one of unused) {
      const key = `${one.decision} ${one.path} ${one.reason ?? ''}`;
      const there = this.counted.get(key);
      if (there) there.count += one.count;
      else this.counted.set(key, { ...one });
    }
  }

  all(): readonly Unused[] {
    return [...this.counted.values()];
  }
}
