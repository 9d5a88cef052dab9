import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Text as it is kept: nobody reads it without the key. Only `Seal` makes one. */
export type Sealed = string & { readonly [sealed]: true };

declare const sealed: unique symbol;

/** Keeps at rest what only some people may see: AES-256-GCM, the key named beside what it sealed. */
export interface Seal {
  seal(text: string): Sealed;
  /** What was sealed by any key that is known here; text from before there was a seal comes back as it is. Throws `SealError`. */
  open(text: string): string;
  /** The same text has the same one, and nobody without the deployment's key can try texts against it. 43 url-safe characters. */
  fingerprint(text: string): string;
}

/** It cannot be opened: the key is not among those configured, or somebody changed what was kept. */
export class SealError extends Error {
  override name = 'SealError';
}

/**
 * `deploymentKey`: what is sealed while `keys` is empty opens by it, and so does what was sealed before there were keys.
 * `keys`: secrets of any length from 32 characters; the first one seals, all of them open.
 */
export function sealOf(deploymentKey: string, keys: readonly string[] = []): Seal {
  const all = [...keys, deploymentKey].map(keyOf);
  const [sealing] = all as [Key, ...Key[]];
  const byName = new Map(all.map((key) => [key.name, key]));
  const fingerprinting = derived(deploymentKey, 'itb-fhir fingerprint');
  return {
    seal: (text) => sealedBy(sealing, text),
    open: (text) => (text.startsWith(mark) ? opened(byName, text.slice(mark.length)) : text),
    fingerprint: (text) => createHmac('sha256', fingerprinting).update(text).digest('base64url'),
  };
}

interface Key {
  /** Tells which of several keys it is, and nothing about it. */
  readonly name: string;
  readonly bytes: Buffer;
}

function keyOf(secret: string): Key {
  const bytes = derived(secret, 'itb-fhir seal');
  return { bytes, name: createHash('sha256').update('name').update(bytes).digest('hex').slice(0, 8) };
}

const derived = (secret: string, purpose: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));

const mark = 'sealed:1:';
const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

function sealedBy({ name, bytes }: Key, text: string): Sealed {
  const nonce = randomBytes(nonceBytes);
  const work = createCipheriv(cipher, bytes, nonce);
  const content = Buffer.concat([work.update(text, 'utf8'), work.final()]);
  return `${mark}${name}:${Buffer.concat([nonce, work.getAuthTag(), content]).toString('base64')}` as Sealed;
}

function opened(keys: ReadonlyMap<string, Key>, text: string): string {
  const [name = '', content = ''] = text.split(':', 2);
  const key = keys.get(name);
  if (!key) throw new SealError(`It was sealed by the key ${name}, which is not among the keys of retention.keyFile.`);
  const all = Buffer.from(content, 'base64');
  try {
    const work = createDecipheriv(cipher, key.bytes, all.subarray(0, nonceBytes), { authTagLength: tagBytes });
    work.setAuthTag(all.subarray(nonceBytes, nonceBytes + tagBytes));
    return Buffer.concat([work.update(all.subarray(nonceBytes + tagBytes)), work.final()]).toString('utf8');
  } catch {
    throw new SealError('What was kept is not what was sealed: it was cut off or changed.');
  }
}
