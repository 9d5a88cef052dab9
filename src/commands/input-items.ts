import type { Problem } from '../event/problem.ts';
import type { Item } from '../intake/item.ts';
import type { InputFile } from './input-file.ts';

/** Everything that a file holds, and what is wrong with it. */
export async function itemsIn({ parts }: InputFile, report: (found: Problem) => void): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const next = await parts.next();
    if (next.done) {
      if (next.value.unreadable) report(next.value.unreadable);
      return items;
    }
    for (const item of next.value.items) {
      for (const found of toldOf(item)) report(found);
      items.push(item);
    }
  }
}

function toldOf(item: Item): readonly Problem[] {
  if ('problems' in item) return item.problems;
  return 'event' in item ? (item.remarks ?? []) : [item.leftAlone];
}
