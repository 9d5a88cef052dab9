import type { Launch } from '../launches.ts';
import { chooser } from './chooser.ts';
import { launches } from './configuration.ts';
import { button, element } from './elements.ts';
import { ReadingFailure } from './failure.ts';
import { tell, tellFailure } from './news.ts';
import { read } from './reading.ts';
import { showReading } from './show-reading.ts';
import { type Client, forgetSignIn, signedIn } from './sign-in.ts';
import { wearStyle } from './wear-style.ts';

/** The page: signs in or comes back from a sign-in, reads, and shows what was read. */

interface Visit {
  readonly client: Client;
  readonly launch: Launch;
  /** Where else one may sign in. */
  readonly known: readonly Launch[];
}

let reminder: ReturnType<typeof setTimeout> | undefined;
const main = document.getElementById('main') as HTMLElement;

try {
  await start(await launches());
} catch (error) {
  stop('The page could not be started. Load it again.', error);
}

async function start(known: readonly Launch[]): Promise<void> {
  let client: Client | undefined;
  try {
    client = await signedIn();
  } catch {
    return choose(known, 'The sign-in did not succeed, or it was not begun on this page.');
  }
  const launch = known.find(({ iss }) => isSameBase(iss, client?.state.serverUrl));
  if (!client || !launch) return choose(known);
  await Promise.all([visit({ client, launch, known }), wearStyle(client)]);
}

function isSameBase(iss: string, other: string | undefined): boolean {
  return iss.replace(/\/+$/, '') === other?.replace(/\/+$/, '');
}

function choose(known: readonly Launch[], why?: string): void {
  forgetSignIn();
  tell('');
  main.replaceChildren(chooser(known, why));
}

async function visit(one: Visit): Promise<void> {
  tell('Reading the pump’s status.');
  const again = () => {
    visit(one).catch((error: unknown) => stop('The page has failed. Load it again.', error));
  };
  try {
    showReading(main, await read(one.client, one.launch), again);
    tell('');
    remindOfAge();
  } catch (error) {
    if (!(error instanceof ReadingFailure)) throw error;
    if (error.kind === 'expired') {
      return choose(one.known, `${error.message} Open the page again from the patient’s chart, or sign in here.`);
    }
    stop(error.message, error);
    main.append(button('Read again', { class: 'action' }, again));
  }
}

/** A page that is left open does not read by itself: what was reported meanwhile is not on it. */
function remindOfAge(): void {
  clearTimeout(reminder);
  reminder = setTimeout(() => tell('Read 15 minutes ago. What was reported since is not shown: read again.'), 900_000);
}

/** What was shown before is not shown as if it still held. */
function stop(words: string, error: unknown): void {
  main.replaceChildren(element('h1', {}, 'No status to show'));
  tellFailure(words, error);
}
