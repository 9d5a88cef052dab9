import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { ServedType } from '../read-model/search-parameters.ts';
import type { SearchParameters, SearchQuestion } from './search.ts';
import type { Position } from './search-matches.ts';
import type { Order } from './search-plan.ts';

/** A search that goes on: what was asked, and behind what the page begins. */
export interface Page {
  readonly parameters: SearchParameters;
  readonly handling: 'strict' | 'lenient';
  readonly order: Order;
  readonly after: Position;
}

/**
 * A page as the token of a link. It is encrypted, for it holds what was asked, and it is bound to its caller, tenant,
 * environment and type: in other hands it is noise. What the caller may see is asked anew when it is followed.
 */
export function sealed(page: Page, question: SearchQuestion, type: ServedType): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, keyOf(question), iv).setAAD(binding(question, type));
  const expiresAt = question.now.epochMilliseconds + lifeMs;
  const text = Buffer.concat([cipher.update(JSON.stringify({ ...page, expiresAt }), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
}

/** Undefined: altered, another caller's, or too old. */
export function opened(token: string, question: SearchQuestion, type: ServedType): Page | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= ivBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, keyOf(question), bytes.subarray(0, ivBytes))
    .setAAD(binding(question, type))
    .setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  const text = plain(decipher, bytes.subarray(ivBytes + tagBytes));
  if (text === undefined) return undefined;
  const { expiresAt, ...page } = JSON.parse(text) as Page & { expiresAt: number };
  return question.now.epochMilliseconds < expiresAt ? page : undefined;
}

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;
const lifeMs = 3_600_000;

const keyOf = ({ key }: SearchQuestion): Buffer => Buffer.from(hkdfSync('sha256', key, '', 'fhir-read page link', 32));

const binding = ({ reader, caller }: SearchQuestion, type: ServedType): Buffer =>
  Buffer.from(JSON.stringify([reader.tenant, reader.environment, caller, type]));

/** Node says by an exception that the tag does not fit. */
function plain(decipher: ReturnType<typeof createDecipheriv>, text: Buffer): string | undefined {
  try {
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
