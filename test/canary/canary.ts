import { expect } from 'vitest';

/** What tells who a patient is, or what a sender wrote of one: each by a text that stands nowhere else. */
export const canary = {
  recordNumber: 'MRN-Zinnober-1001',
  serial: 'NGPZINNOBER1',
  lot: 'LOT-Zinnober-1003',
  name: 'Wanda Zinnober-Kolibri',
  npi: '1746032895',
  reason: 'Zinnober feels stiff at dawn',
  note: 'Zinnober lives at Kolibri Lane 7',
  unknownField: 'zinnoberNickname',
  eventId: 'EV-Zinnober-1009',
  sourceSystem: 'urn:zinnober:programmer:1010',
} as const;

export type Canary = keyof typeof canary;

/** Which of them a text holds: as written in any case, in the escapes of a URL or of JSON, or in base64. */
export function canariesIn(text: string): Canary[] {
  const readings = [text, percentDecoded(text), jsonDecoded(text), base64Decoded(text)].map(plain);
  const found = Object.entries(canary).filter(([, value]) =>
    readings.some((reading) => reading.includes(plain(value))),
  );
  return found.map(([name]) => name as Canary);
}

/** Fails where a text holds a canary, and says which, without the text around it. */
export function expectNoCanary(texts: Readonly<Record<string, string>>, allowed: readonly Canary[] = []): void {
  const found = Object.entries(texts).flatMap(([where, text]) =>
    canariesIn(text)
      .filter((one) => !allowed.includes(one))
      .map((one) => `${one} in ${where}`),
  );
  expect(found).toEqual([]);
}

/** Names travel with other gaps between their words, too. */
const plain = (text: string): string => text.toLowerCase().replace(/[\s+^_]+/g, ' ');

const percentDecoded = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => Buffer.from(escaped.replaceAll('%', ''), 'hex').toString('utf8'));

const jsonDecoded = (text: string): string =>
  text.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const base64Decoded = (text: string): string =>
  (text.match(/[A-Za-z0-9+/_-]{12,}={0,2}/g) ?? [])
    .map((word) => Buffer.from(word, 'base64').toString('utf8'))
    .join('\n');
