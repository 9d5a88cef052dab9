/**
 * Small batches that arrive together become durable together: one transaction at a time, with all that came in while the
 * last one ran. A sender waits for one commit, however many others there are. A large batch goes by itself.
 */
export function together<Item, Receipt>(
  take: (items: readonly Item[]) => Promise<readonly Receipt[]>,
): (items: readonly Item[]) => Promise<readonly Receipt[]> {
  let waiting: Waiting<Item, Receipt>[] = [];
  let taking = false;

  async function takeAll(): Promise<void> {
    taking = true;
    while (waiting.length > 0) {
      // What else has arrived by now goes with the first.
      await new Promise(setImmediate);
      const batches = waiting;
      waiting = [];
      await takeOnce(batches, take);
    }
    taking = false;
  }

  return (items) => {
    if (items.length > small) return take(items);
    const { promise, resolve, reject } = Promise.withResolvers<readonly Receipt[]>();
    waiting.push({ items, done: resolve, failed: reject });
    if (!taking) takeAll().catch(reject);
    return promise;
  };
}

const small = 100;

interface Waiting<Item, Receipt> {
  readonly items: readonly Item[];
  readonly done: (receipts: readonly Receipt[]) => void;
  readonly failed: (reason: unknown) => void;
}

/** What fails together is tried one by one: nobody is refused for what another sent. */
async function takeOnce<Item, Receipt>(
  batches: readonly Waiting<Item, Receipt>[],
  take: (items: readonly Item[]) => Promise<readonly Receipt[]>,
): Promise<void> {
  try {
    const receipts = await take(batches.flatMap(({ items }) => items));
    let from = 0;
    for (const { items, done } of batches) {
      done(receipts.slice(from, from + items.length));
      from += items.length;
    }
  } catch (error) {
    const [first, ...others] = batches;
    if (first && others.length === 0) return first.failed(error);
    for (const batch of batches) await takeOnce([batch], take);
  }
}
