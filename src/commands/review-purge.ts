import { openApp } from '../app.ts';
import { loadConfig } from '../config.ts';
import { purgeable, purgeNow } from '../retention.ts';
import { operator } from './operator.ts';

export async function purgeReview(configPath: string | undefined, mode: 'dry-run' | 'remove'): Promise<number> {
  const app = await openApp(loadConfig(configPath));
  try {
    const { closedItems, openItems, messages } =
      mode === 'remove' ? await purgeNow(app, operator()) : await purgeable(app);
    const verb = mode === 'remove' ? 'Removed' : 'Would remove';
    console.error(
      `${verb} what was sent with ${closedItems} closed and ${openItems} open items, and ${messages} messages with their receipts.`,
    );
    return 0;
  } finally {
    await app.close();
  }
}
