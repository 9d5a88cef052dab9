import { readPublicKeys } from './auth/client-keys.ts';
import { type KeyRing, keysOfFile } from './auth/key-ring.ts';
import { signingKeyFor } from './auth/keys.ts';
import { ownAlgorithm } from './auth/own-tokens.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';

/** The secrets of those who read here, opened at the start: what cannot be used stops it. */
export interface Credentials {
  /** What signs the tokens that we issue; absent: we issue none. */
  readonly ownKeys?: KeyRing | undefined;
  /** By file: how we prove at an issuer that it is us who asks about a token. */
  readonly askingKeys: ReadonlyMap<string, KeyRing>;
}

/** Throws a sentence for the operator. */
export async function openCredentials(
  { tokens, issuers }: Pick<Config, 'tokens' | 'issuers'>,
  log: Log,
): Promise<Credentials> {
  const tell = (news: 'read-again' | 'unusable') =>
    news === 'unusable' ? log.error('signing keys unusable') : log.info('signing keys read again');
  const files = new Set(issuers.flatMap(({ introspection }) => introspection?.signingKeysFile ?? []));
  const askingKeys = new Map<string, KeyRing>();
  for (const file of files) askingKeys.set(file, await keysOfFile(file, tell));
  if (!tokens) return { askingKeys };
  const ownKeys = await keysOfFile(tokens.signingKeysFile, tell);
  if (!signingKeyFor(await ownKeys.current(), [ownAlgorithm])) {
    throw new Error(`No key of tokens.signingKeysFile signs with ${ownAlgorithm}. Make one: itb-fhir keys new`);
  }
  for (const { jwksFile } of tokens.clients) if (jwksFile) await readPublicKeys(jwksFile);
  return { ownKeys, askingKeys };
}
