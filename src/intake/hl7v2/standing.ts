import { type Problem, problem } from '../../event/problem.ts';
import type { Amendment, Standing } from '../source/context.ts';
import type { FieldValue, SourceRecord } from '../source/record.ts';

/**
 * Whether a group of a message reports something, corrects or withdraws what was reported, or says nothing yet. These are
 * rules of HL7 (tables 0085, 0123, 0271, 0322, 0323), the same at every site.
 */
export function standingOf(group: SourceRecord): Standing {
  for (const { path } of group.all()) {
    if (path.startsWith('RXA-')) return administration(group);
    if (path.startsWith('TXA-')) return document(group);
  }
  return result(group);
}

/** Paths that these rules read: nobody has to decide about them. */
export const usedOfStanding: readonly string[] = [
  ...['OBR-22.1', 'OBR-25.1', 'OBX-11.1', 'RXA-18.1', 'RXA-18.2', 'RXA-18.3', 'RXA-20.1', 'RXA-21.1', 'RXA-22.1'],
  ...['TXA-13.1', 'TXA-17.1', 'TXA-19.1', 'MSH-7.1'],
];

// ── results ───────────────────────────────────────────────────────────────────────────────────────────────────────

function result(group: SourceRecord): Standing {
  const [status] = group.values('OBR-25.1');
  const word = status?.text ?? '';
  if (word === 'X') return { kind: 'void', ...amendmentOf(group, 'OBR-22.1', 'the result was withdrawn') };
  if (!finalResult.has(word)) return notFinal(status as FieldValue, resultWords);
  const observed = observations(group);
  if (observed.doubtful) return notFinal(observed.doubtful, observationWords);
  if (observed.isWithdrawn) {
    return { kind: 'void', ...amendmentOf(group, 'OBR-22.1', 'all of its observations were deleted') };
  }
  const isChanged = word === 'C' || observed.isChanged;
  if (!isChanged) return { kind: 'new', without: observed.without };
  const amendment = amendmentOf(group, 'OBR-22.1', 'the result was corrected');
  return { kind: 'correction', ...amendment, without: observed.without };
}

const finalResult: ReadonlySet<string> = new Set(['', 'F', 'C']);
const resultWords: ReadonlySet<string> = new Set(['A', 'I', 'M', 'N', 'O', 'P', 'R', 'S', 'Y', 'Z']);
const observationWords: ReadonlySet<string> = new Set(['B', 'I', 'O', 'P', 'R', 'S', 'V']);

/** OBX-11 of a group. An observation without a status is final, as in practice it is. */
function observations(group: SourceRecord) {
  const words = group.values('OBX-11.1');
  const deleted = words.filter(({ text }) => text === 'D' || text === 'W');
  const missing = words.filter(({ text }) => text === 'X' || text === 'N');
  const segments = new Set([...deleted, ...missing].map(({ segment }) => segment));
  return {
    doubtful: words.find(({ text }) => !observationDone.has(text)),
    isWithdrawn: deleted.length > 0 && observedIn(group).size === segments.size,
    isChanged: deleted.length > 0 || words.some(({ text }) => text === 'C'),
    deleted: deleted[0],
    without: segments.size > 0 ? group.all().filter(({ segment }) => segments.has(segment)) : [],
  };
}

const observationDone: ReadonlySet<string> = new Set(['F', 'C', 'U', 'A', 'D', 'W', 'X', 'N', '']);

const observedIn = (group: SourceRecord) =>
  new Set(group.all().flatMap(({ path, segment }) => (path.startsWith('OBX-') ? [segment] : [])));

function notFinal(status: FieldValue, known: ReadonlySet<string>): Standing {
  if (!known.has(status.text)) {
    return {
      kind: 'unusable',
      problems: [problem('field-value', 'this status is not in its HL7 table', status.place)],
    };
  }
  const message = 'it is not final; nothing is made of it until it is';
  return { kind: 'left-alone', problem: problem('result-not-final', message, status.place, 'information') };
}

// ── administrations ───────────────────────────────────────────────────────────────────────────────────────────────

/** What was refused or not given never becomes a fill; what was given in part is one, with its amount. */
function administration(group: SourceRecord): Standing {
  const [action] = group.values('RXA-21.1');
  const word = action?.text ?? '';
  if (word === 'D') return { kind: 'void', ...amendmentOf(group, 'RXA-22.1', 'the administration was deleted') };
  const problems = contradictions(group, action);
  if (problems.length > 0) return { kind: 'unusable', problems };
  const [notGiven] = refusals(group);
  const isUpdate = word === 'U';
  if (notGiven && isUpdate) return { kind: 'void', ...amendmentOf(group, 'RXA-22.1', 'it was not given after all') };
  if (notGiven) {
    const message = 'it was refused or not given: nothing reached the pump';
    return { kind: 'left-alone', problem: problem('not-administered', message, notGiven.place, 'information') };
  }
  const observed = observations(group);
  const without = [...observed.without, ...group.values('RXA-6.1').filter(isUnknownAmount)];
  if (!isUpdate && !observed.isChanged) return { kind: 'new', without };
  const amendment = amendmentOf(group, 'RXA-22.1', 'the administration was corrected');
  return { kind: 'correction', ...amendment, without };
}

function refusals(group: SourceRecord): readonly FieldValue[] {
  const completion = group.values('RXA-20.1');
  const refused = completion.filter(({ text }) => text === 'RE' || text === 'NA');
  return completion.length > 0 ? refused : group.all().filter(isReasonOfRefusal);
}

function contradictions(group: SourceRecord, action: FieldValue | undefined): Problem[] {
  const problems: Problem[] = [];
  const [completion] = group.values('RXA-20.1');
  const [reason] = group.all().filter(isReasonOfRefusal);
  const { doubtful } = observations(group);
  const unknown = [
    action && !['A', 'U'].includes(action.text) ? action : undefined,
    completion && !['CP', 'PA', 'RE', 'NA'].includes(completion.text) ? completion : undefined,
  ];
  for (const status of unknown) {
    if (status) problems.push(problem('field-value', 'this status is not in its HL7 table', status.place));
  }
  if (reason && (completion?.text === 'CP' || completion?.text === 'PA')) {
    const message = 'it names a reason for refusing what it says was given';
    problems.push(problem('administration-contradictory', message, reason.place));
  }
  if (doubtful) problems.push(problem('result-not-final', 'an observation beside it is not final', doubtful.place));
  return problems;
}

const isReasonOfRefusal = ({ path, isCleared }: FieldValue): boolean => path.startsWith('RXA-18.') && !isCleared;

/** HL7's own word for an amount that nobody wrote down. */
const isUnknownAmount = ({ text }: FieldValue): boolean => Number(text) === 999;

// ── documents ─────────────────────────────────────────────────────────────────────────────────────────────────────

function document(group: SourceRecord): Standing {
  const [completion] = group.values('TXA-17.1');
  const [availability] = group.values('TXA-19.1');
  if (availability?.text === 'CA') {
    return { kind: 'void', ...amendmentOf(group, 'MSH-7.1', 'the document was cancelled') };
  }
  if (!completion) {
    const place = { segment: 'TXA[1]', field: 'TXA-17.1' };
    return { kind: 'unusable', problems: [problem('field-missing', 'TXA-17 is required', place)] };
  }
  if (!['AU', 'LA', 'DI', 'DO', 'IP', 'IN', 'PA'].includes(completion.text)) {
    const message = 'this status is not in its HL7 table';
    return { kind: 'unusable', problems: [problem('field-value', message, completion.place)] };
  }
  if (!['AU', 'LA'].includes(completion.text) || ['OB', 'UN'].includes(availability?.text ?? '')) {
    const message = 'nobody has signed it, or it is not available: nothing is made of it';
    return { kind: 'left-alone', problem: problem('document-not-signed', message, completion.place, 'information') };
  }
  const { without, deleted } = observations(group);
  if (deleted) {
    const message = 'a document is taken back as a whole: cancel it (TXA-19 CA), and send what stands as another';
    return { kind: 'unusable', problems: [problem('field-value', message, deleted.place)] };
  }
  if (group.values('TXA-13.1').length === 0) return { kind: 'new', without };
  const amendment = amendmentOf(group, 'MSH-7.1', 'the document replaces an earlier one');
  return { kind: 'correction', ...amendment, replaces: 'TXA-13', without };
}

/** When it changed; where the sender does not say it, when the message was made. */
function amendmentOf(group: SourceRecord, changedAt: string, reason: string): Amendment {
  const at = (group.values(changedAt)[0] ?? group.values('MSH-7.1')[0])?.text || undefined;
  return { version: at ?? group.values('MSH-10.1')[0]?.text ?? 'amended', at, reason };
}
