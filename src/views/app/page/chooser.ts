import type { Launch } from '../launches.ts';
import { button, element } from './elements.ts';
import { tell, tellFailure } from './news.ts';
import { signIn } from './sign-in.ts';

/** Opened outside an EHR: which hospital to sign in at. `why`: said first, where a sign-in ended. */
export function chooser(launches: readonly Launch[], why?: string): HTMLElement {
  const choices = launches.map((launch) =>
    element(
      'li',
      {},
      button(launch.name, { class: 'action' }, () => start(launch)),
    ),
  );
  return element(
    'section',
    { class: 'chooser', 'aria-labelledby': 'choose' },
    element('h1', { id: 'choose' }, 'Sign in at a hospital'),
    why === undefined ? null : element('p', {}, why),
    element(
      'p',
      {},
      'You sign in at the hospital and choose the patient there. Opened from a patient’s chart, this page shows that patient.',
    ),
    element('ul', { class: 'plain' }, choices),
  );
}

function start(launch: Launch): void {
  tell(`Going to the sign-in of ${launch.name}.`);
  // The launch library would take its settings from the address of this page.
  history.replaceState({}, '', location.pathname);
  signIn(launch).catch((error: unknown) => tellFailure(`The sign-in of ${launch.name} could not be reached.`, error));
}
