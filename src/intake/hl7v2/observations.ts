import { type Problem, problem } from '../../event/problem.ts';
import type { Leaf } from './leaves.ts';

/**
 * What the observations of one group must agree on, whatever a field map makes of them: the device that they name (OBX-18, PRT),
 * and the day on which they were made.
 */
export function observationDoubts(leaves: readonly Leaf[], segments: readonly string[]) {
  const problems: Problem[] = [];
  const remarks: Problem[] = [];
  for (const group of groupsOf(leaves, segments)) {
    const other = firstOther(group.filter(isDevice), ({ text }) => text.trim().toUpperCase());
    if (other) problems.push(problem('device-differs', 'one group names two devices', other.place));
    const [day] = group.filter(({ path }) => path === 'OBR-7.1');
    const late = day && group.find((leaf) => leaf.path === 'OBX-14.1' && dayOf(leaf) !== dayOf(day));
    if (late) remarks.push(problem('observation-day-differs', 'it was observed on another day', late.place, 'warning'));
  }
  return { problems, remarks };
}

/** Further repetitions of OBX-18 are other names of the same device. */
const isDevice = ({ path, repetition, isCleared }: Leaf): boolean =>
  !isCleared && repetition === 1 && (path === 'OBX-18.1' || path === 'PRT-10.1' || path === 'PRT-20.1');

const dayOf = ({ text }: Leaf): string => text.slice(0, 8);

function firstOther(leaves: readonly Leaf[], say: (leaf: Leaf) => string): Leaf | undefined {
  const [first] = leaves;
  return first && leaves.find((leaf) => say(leaf) !== say(first));
}

/** An OBR with what follows it until the next; where there is none, the whole message. */
function groupsOf(leaves: readonly Leaf[], segments: readonly string[]): Leaf[][] {
  const isHead = segments.map((name) => name === 'OBR' || name === 'RXA');
  if (!isHead.includes(true)) return [[...leaves]];
  const groups: Leaf[][] = [];
  let last = -1;
  for (const leaf of leaves) {
    if (leaf.segment !== last && isHead[leaf.segment]) groups.push([]);
    last = leaf.segment;
    groups.at(-1)?.push(leaf);
  }
  return groups;
}
