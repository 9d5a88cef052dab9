import { problemCodes } from '../src/event/problem.ts';

/** `mappings/PROBLEMS.md`: every problem code with what to do about it, for whoever reads a receipt. */
export function problemTable(): Map<string, string> {
  const rows = Object.entries(problemCodes)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([code, remedy]) => `| \`${code}\` | ${remedy.replaceAll('|', '\\|')} |`);
  return new Map([['mappings/PROBLEMS.md', `${[...head, ...rows].join('\n')}\n`]]);
}

const head = [
  '# Problem codes',
  '',
  'Made from the catalogue of the adapter by `npm run profiles`. A problem also says where it is (field, row, segment) and in words what is wrong, never with what was',
  'sent. The codes are grouped by cause in the README of the project.',
  '',
  '| code | what to do |',
  '| --- | --- |',
];
