import { join } from 'node:path';
import { parseEvent } from '../../src/event/parse.ts';
import { type Problem, problemCodes } from '../../src/event/problem.ts';
import { loadCodes } from '../../src/fhir/codes.ts';
import { readCsvBytes } from '../../src/intake/csv/read.ts';
import { readFhir } from '../../src/intake/fhir/read.ts';
import { acknowledgements } from '../../src/intake/hl7v2/ack.ts';
import { headerOfNobody } from '../../src/intake/hl7v2/header.ts';
import { readHl7v2Bytes } from '../../src/intake/hl7v2/read.ts';
import type { Item } from '../../src/intake/item.ts';
import { readEvents } from '../../src/intake/json.ts';
import { loadSources } from '../../src/intake/source/load.ts';
import { contentHash } from '../../src/ledger/content-hash.ts';
import { type Corpus, corpus } from '../fuzz-corpus.ts';
import { drawsFrom, spoiled } from '../fuzz-mutations.ts';
import { secondsSince, spread } from '../measure.ts';
import { gate, type Row } from '../row.ts';

const mappingsDir = join(import.meta.dirname, '../../mappings');

/** How many, and which: both can be said, so that a failure is found again. */
const inputs = Number(process.env.ITB_FUZZ_INPUTS ?? 1_000_000);
const seed = Number(process.env.ITB_FUZZ_SEED ?? 1);

/** Right messages, spoiled at random, through every reader: none throws, hangs, is silent or makes an event that is none. */
export const fuzz: Row = {
  name: 'fuzz',
  long: true,
  async run() {
    const readers = readersOf();
    const texts = corpus();
    const failures: string[] = [];
    const told = { events: 0, problems: 0, codes: new Set<string>() };
    let slowestMs = 0;
    const started = performance.now();
    for (let n = 0; n < inputs && failures.length < 20; n++) {
      const format = formats[n % formats.length] as keyof Corpus;
      const of = texts[format];
      const draw = drawsFrom(seed * 1_000_003 + n);
      const text = spoiled(of[draw(of.length)] as string, of, draw);
      const begun = performance.now();
      const failure = failureOf(() => readers[format](text), told);
      slowestMs = Math.max(slowestMs, performance.now() - begun);
      if (failure) failures.push(`input ${n} (${format}): ${failure}`);
    }
    const rate = inputs / secondsSince(started);
    gate(failures.length === 0, `ITB_FUZZ_SEED=${seed}\n${failures.join('\n')}`);
    const note = `seed ${seed}; ${told.events} events and ${told.problems} problems of ${told.codes.size} codes; the slowest took ${Math.round(slowestMs)} ms`;
    return {
      figures: [
        { name: `${inputs.toLocaleString('en')} spoiled inputs`, unit: 'inputs/s', ours: spread([rate]), note },
      ],
      gate: 'none throws, each gives events, problems or a reason to take none, every event is one, every code is known',
    };
  },
};

/** JSON and HL7 v2 are read much faster than FHIR, which validates. */
const formats: readonly (keyof Corpus)[] = [
  'json',
  'csv',
  'hl7v2',
  'json',
  'csv',
  'hl7v2',
  'json',
  'csv',
  'hl7v2',
  'fhir',
];

interface Outcome {
  readonly items: readonly Item[];
  /** Why nothing was taken of the whole. */
  readonly whole?: Problem | undefined;
  /** What is in it, and was left aside as its field map or its kind says. */
  readonly aside: number;
}

function readersOf(): Readonly<Record<keyof Corpus, (text: string) => Outcome>> {
  const codes = loadCodes(mappingsDir, { packs: [] });
  const sources = loadSources(mappingsDir, codes);
  const limits = { maxEvents: 5_000, maxDepth: 20 };
  const stamp = () => ({ controlId: '1', at: Temporal.Instant.fromEpochMilliseconds(0) });
  return {
    json(text) {
      const read = readEvents(text, text.includes('\n') ? 'ndjson' : 'json', limits);
      return 'problem' in read ? { items: [], whole: read.problem, aside: 0 } : { items: read, aside: 0 };
    },
    csv(text) {
      const { items, unreadable, rows } = readCsvBytes(Buffer.from(text), { sources });
      return { items, whole: unreadable, aside: rows <= 1 || blankRows.test(text) ? 1 : 0 };
    },
    hl7v2(text) {
      const reads = readHl7v2Bytes(Buffer.from(text), { sources, maxMessages: limits.maxEvents });
      for (const { header, items, charset } of reads) {
        const problems = items.flatMap((item) => ('problems' in item ? item.problems : []));
        const verdict = problems.length > 0 ? 'error' : 'accepted';
        for (const one of acknowledgements(header ?? headerOfNobody, { verdict, problems }, stamp, 'one-answer'))
          charset?.encode(one.text);
      }
      return { items: reads.flatMap(({ items }) => items), aside: 0 };
    },
    fhir(text) {
      const { items, unreadable, unused } = readFhir(text, { codes, ...limits, siteTimeZone: 'America/New_York' });
      return { items, whole: unreadable, aside: unused.length };
    },
  };
}

/** A header, and rows in which nothing stands. */
const blankRows = /^[^\r\n]*[\s,;|"\ufeff]*$/;

interface Told {
  events: number;
  problems: number;
  readonly codes: Set<string>;
}

/** What is wrong with what a reader made of one input; undefined: nothing. Nothing of the input is in it but its number. */
function failureOf(read: () => Outcome, told: Told): string | undefined {
  try {
    const { items, whole, aside } = read();
    if (items.length === 0 && !whole && aside === 0) return 'nothing came of it';
    for (const item of items) {
      const failure = failureOfItem(item, told);
      if (failure) return failure;
    }
    return whole && !(whole.code in problemCodes) ? 'an unknown code' : undefined;
  } catch (error) {
    const { name, stack = '' } = error as Error;
    return `${name} ${/\(?(?:file:\/\/)?\/?[^\s(]*?((?:src|node_modules)\/[^\s)]+)/.exec(stack)?.[1] ?? ''}`;
  }
}

function failureOfItem(item: Item, told: Told): string | undefined {
  if ('leftAlone' in item) return item.leftAlone.code in problemCodes ? undefined : 'an unknown code';
  if ('event' in item) {
    told.events++;
    contentHash(item.event);
    return 'event' in parseEvent(JSON.parse(JSON.stringify(item.event))) ? undefined : 'an event that is none';
  }
  if (item.problems.length === 0) return 'refused without a problem';
  if (item.payload === '' && item.format !== 'hl7v2') return 'refused, and not kept';
  for (const { code } of item.problems) {
    told.problems++;
    told.codes.add(code);
    if (!(code in problemCodes)) return 'an unknown code';
  }
  return undefined;
}
