import type { App } from '../app.ts';
import { type PeopleGuardOptions, requirePerson, type SignedIn } from '../auth/sign-in-guard.ts';
import { reviewDesk } from '../operate/review-pages.ts';
import type { ReviewOptions } from '../views/admin/review/options.ts';

export interface ReviewPageParts {
  readonly app: App;
  readonly whenAppended: () => void;
}

/** The review pages, with the sign-in that all pages share. */
export function reviewOptions({ app, whenAppended }: ReviewPageParts, guard: PeopleGuardOptions): ReviewOptions {
  return {
    ...reviewDesk(app, whenAppended),
    signsIn: app.config.people.signIn !== undefined,
    now: () => app.now(),
    requirePerson: (role) => requirePerson(guard, role),
    record: (look) => app.access.record({ ...look, interaction: 'operation' }),
    async remember(request, response, name, text) {
      const { person, session } = response.locals as SignedIn;
      const next = { ...session, remembered: { ...session.remembered, [name]: text } };
      await guard.sessions.keep(request, response, next);
      Object.assign(response.locals, { person, session: next } satisfies SignedIn);
    },
  };
}
