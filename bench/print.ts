import type { Conditions } from './conditions.ts';
import type { Outcome } from './main.ts';
import { rounds } from './measure.ts';
import { type Figure, ratioOf, type Spread } from './row.ts';

export function conditionsText(it: Conditions): string {
  const fsync = `${it.fsyncMs.median.toFixed(2)} ms (${it.fsyncMs.low.toFixed(2)}–${it.fsyncMs.high.toFixed(2)})`;
  return [
    `${it.startedAt}, Node ${it.node}, ${it.system}`,
    `${it.cores} cores of ${it.cpu}, ${it.memoryGb.toFixed(1)} GB memory, load ${it.loadAtStart.join(' ')}`,
    `4 KiB write + fdatasync in the store's folder (${it.storeFolderIs}): ${fsync}`,
    `Median (range) of ${rounds} rounds after a warm-up, in turns with the baseline; all on this one machine.`,
    ...(it.storeFolderIs === 'in memory'
      ? ['The folder lies in memory: durable rows mean nothing here. Use --folder.']
      : []),
  ].join('\n');
}

export function resultText(outcome: Outcome): string {
  if ('failed' in outcome) return `\n${outcome.row}: FAILED: ${outcome.failed}`;
  const lines = outcome.figures.flatMap(figureLines);
  return [`\n${outcome.row}: checked first: ${outcome.gate}`, ...lines].join('\n');
}

function figureLines(figure: Figure): string[] {
  const { name, unit, ours, baseline, target, note } = figure;
  const verdict = target ? `  [${target.says}: ${target.reached ? 'reached' : 'NOT reached'}]` : '';
  const lines = [`  ${name.padEnd(46)} ${spreadText(ours)} ${unit}${verdict}`];
  if (baseline) {
    const ratio = `× ${decimals(ratioOf(figure) as number)}`;
    lines.push(`    ${`against ${baseline.name}`.padEnd(44)} ${spreadText(baseline.spread)} ${unit}  ${ratio}`);
  }
  if (note) lines.push(`    ${note}`);
  return lines;
}

export function summaryText(
  outcomes: readonly Outcome[],
  end: { readonly loadAtEnd: readonly number[]; readonly durationSeconds: number },
): string {
  const figures = outcomes.flatMap((outcome) => ('failed' in outcome ? [] : outcome.figures));
  const sentences = (reached: boolean) =>
    figures.flatMap(({ name, target }) => (target?.reached === reached ? [`  ${name} (${target.says})`] : []));
  const failed = outcomes.flatMap((outcome) => ('failed' in outcome ? [`  ${outcome.row}: ${outcome.failed}`] : []));
  const section = (title: string, lines: readonly string[]) => (lines.length > 0 ? [title, ...lines] : []);
  return [
    `\n${end.durationSeconds} s, load at the end ${end.loadAtEnd.join(' ')}`,
    ...section('Targets reached:', sentences(true)),
    ...section('Targets NOT reached:', sentences(false)),
    ...section('FAILED, so without figures:', failed),
  ].join('\n');
}

const spreadText = ({ median, low, high }: Spread): string =>
  `${decimals(median).padStart(8)} (${decimals(low)}–${decimals(high)})`;

/** Three figures that mean something; more would pretend. */
function decimals(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
