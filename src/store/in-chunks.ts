/** Both engines limit the parameters of a statement; several hundred a statement is far below and fast enough. */
export async function inChunks<Item, Result>(
  items: readonly Item[],
  query: (chunk: readonly Item[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += chunkSize) {
    results.push(...(await query(items.slice(start, start + chunkSize))));
  }
  return results;
}

const chunkSize = 500;
