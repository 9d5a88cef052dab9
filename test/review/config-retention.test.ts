import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { retentionConfig, retentionOf } from '../../src/config-retention.ts';

const folder = mkdtempSync(join(tmpdir(), 'itb-fhir-retention-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (path: string) => join(folder, path);
const stated = (file: object) => retentionOf(retentionConfig.parse(file), at);
const [newer, older] = ['n'.repeat(32), 'o'.repeat(40)];

describe('how long what was sent is kept', () => {
  it('is a quarter after closing, a year while open, a month for receipts, where nobody says otherwise', () => {
    expect(stated({})).toEqual({ reviewDays: 90, openReviewDays: 365, messageDays: 30, keys: [] });
    expect(stated({ reviewDays: 1, messageDays: 3650 })).toMatchObject({ reviewDays: 1, messageDays: 3650 });
  });

  it.each([{ reviewDays: 0 }, { openReviewDays: 3651 }, { messageDays: 1.5 }, { days: 3 }])('is never %j', (file) => {
    expect(retentionConfig.safeParse(file).success).toBe(false);
  });
});

describe('the file of keys', () => {
  it('holds one a line, the newest first', () => {
    writeFileSync(at('keys'), `${newer}\n\n  ${older}  \n`);
    expect(stated({ keyFile: 'keys' })).toMatchObject({ keys: [newer, older] });
  });

  it('that cannot be used is told in a sentence', () => {
    writeFileSync(at('none'), '\n');
    writeFileSync(at('short'), `${newer}\n${'s'.repeat(31)}\n`);
    expect([stated({ keyFile: 'absent' }), stated({ keyFile: 'none' }), stated({ keyFile: 'short' })]).toEqual([
      `there is no retention.keyFile ${at('absent')}.`,
      `retention.keyFile ${at('none')} holds no key. Make one: openssl rand -base64 32`,
      `a key in retention.keyFile ${at('short')} has under 32 characters.`,
    ]);
  });
});
