import type { Response } from 'express';
import type { SignedIn } from '../../../auth/sign-in-guard.ts';
import type { Person } from '../../../auth/sign-in-person.ts';
import type { Viewer } from '../../board/layout.ts';
import type { Asker, ReviewOptions } from './options.ts';

/** As decisions and the audit name somebody: by the subject that the provider gives, which no change of a name moves. */
export const actorOf = ({ subject }: Person): string => subject;

export function askerOf(response: Response): Asker {
  const { person } = response.locals as SignedIn;
  return { tenant: person.tenant, environment: person.environment, actor: actorOf(person) };
}

export function viewerOf(response: Response, { signsIn }: Pick<ReviewOptions, 'signsIn'>): Viewer {
  const { person, session } = response.locals as SignedIn;
  return { person, formToken: session.formToken, signsIn };
}
