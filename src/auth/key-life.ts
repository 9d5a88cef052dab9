/**
 * The life of a signing key. Its order is what keeps every server able to check our signature: each learns a key before
 * it is used, and forgets it only after its use has ended.
 *
 * published  in our JWKS, so that servers learn it; does not sign. Left by `promote`, when the JWKS that servers hold is
 *            older nowhere than the key.
 * signing    in our JWKS and able to sign; of several, the newest signs. Left by `retire`, once another one signs.
 * retired    out of our JWKS; kept in the file as a record only.
 */

import type { KeyState, PrivateSigningJwk } from './keys.ts';

/** Servers may keep our JWKS so long (the `max-age` that it is served with). */
export const jwksMaxAgeSeconds = 300;

/** For clocks that are not quite together, and for a fetch that was under way when the key was published. */
const marginSeconds = 60;

/** The keys as they are to be written, or why this cannot be done, in a sentence. */
export type Changed = { readonly keys: readonly PrivateSigningJwk[] } | { readonly refused: string };

/** The first key of a file signs at once: there is no server that knows an older one. Any other is published first. */
export function withNewKey(keys: readonly PrivateSigningJwk[], made: PrivateSigningJwk, now: Temporal.Instant) {
  const isFirst = keys.every((key) => stateOf(key) === 'retired');
  return { keys: [...keys, inState(made, isFirst ? 'signing' : 'published', now)] };
}

/** Lets a published key sign. `at-once`: an operator knows that every server has it already. */
export function promoted(
  keys: readonly PrivateSigningJwk[],
  kid: string,
  now: Temporal.Instant,
  when: 'after-max-age' | 'at-once',
): Changed {
  const key = keys.find((one) => one.kid === kid);
  if (!key) return unknownKey;
  if (stateOf(key) === 'signing') return { refused: 'This key signs already.' };
  if (stateOf(key) === 'retired') return { refused: 'This key is retired. Make a new one.' };
  const safeAt = safeToSignAt(key);
  if (when === 'after-max-age' && !(safeAt && Temporal.Instant.compare(safeAt, now) <= 0)) {
    const sinceWhen = safeAt
      ? `Servers may hold a JWKS without this key until ${safeAt.toString({ smallestUnit: 'second' })}.`
      : 'Nobody knows since when this key is published.';
    return { refused: `${sinceWhen} Where all servers have it, say --now.` };
  }
  return { keys: replaced(keys, inState(key, 'signing', now)) };
}

/** Takes a key out of our JWKS. The last one that signs stays. */
export function retired(keys: readonly PrivateSigningJwk[], kid: string, now: Temporal.Instant): Changed {
  const key = keys.find((one) => one.kid === kid);
  if (!key) return unknownKey;
  if (stateOf(key) === 'retired') return { refused: 'This key is retired already.' };
  const others = keys.filter((one) => one.kid !== kid && stateOf(one) === 'signing');
  if (others.length === 0) return { refused: 'Without this key nothing could sign. Promote another one first.' };
  return { keys: replaced(keys, inState(key, 'retired', now)) };
}

/** From when on no server holds a JWKS without it. */
export function safeToSignAt({ since, createdAt }: PrivateSigningJwk): Temporal.Instant | undefined {
  const known = since ?? createdAt;
  return known === undefined
    ? undefined
    : Temporal.Instant.from(known).add({ seconds: jwksMaxAgeSeconds + marginSeconds });
}

export const stateOf = ({ state = 'signing' }: PrivateSigningJwk): KeyState => state;

const inState = (key: PrivateSigningJwk, state: KeyState, now: Temporal.Instant): PrivateSigningJwk => ({
  ...key,
  state,
  since: now.toString({ smallestUnit: 'second' }),
});

const replaced = (keys: readonly PrivateSigningJwk[], changed: PrivateSigningJwk) =>
  keys.map((key) => (key.kid === changed.kid ? changed : key));

const unknownKey: Changed = { refused: 'No key of the file has this kid.' };
