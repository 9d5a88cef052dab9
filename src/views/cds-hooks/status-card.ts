import type { OnePump } from '../pump-status/pump-schema.ts';
import type { PumpStatus } from '../pump-status/status-schema.ts';
import { type CardText, longestSummary } from './card.ts';
import { listed } from './markdown.ts';
import { overrideReasons } from './override-reasons.ts';
import { type CardCode, type CardSettings, type Indicator, indicators } from './settings.ts';

type Reason = PumpStatus['banner']['reasons'][number];

interface Said {
  readonly code: CardCode;
  readonly indicator: Indicator;
  readonly words: string;
}

/**
 * What whoever opens a record should know of the pump, in one card: of the reasons that the status gives (by the rules of
 * the site) those that a card is worth. Undefined where there is none; that is no all-clear.
 */
export function statusCard(status: PumpStatus, { indicatorOf }: CardSettings): CardText | undefined {
  if (status.person.deathReported.value !== null) return undefined;
  const said = status.banner.reasons.flatMap((reason): Said[] => {
    const code = cardCodeOf(reason, status.pumps);
    const indicator = code ? indicatorOf[code] : 'off';
    return code && indicator !== 'off' ? [{ code, indicator, words: wordsOf(reason, status.pumps) }] : [];
  });
  const pressing = indicators.findLast((one) => said.some(({ indicator }) => indicator === one));
  if (!pressing) return undefined;
  const first = said.toSorted((a, b) => indicators.indexOf(b.indicator) - indicators.indexOf(a.indicator));
  const codes = [...new Set(first.map(({ code }) => code))];
  return {
    codes,
    summary: summaryOf(codes, status.environment),
    indicator: pressing,
    detail: listed([...first.map(({ words }) => words), ...aboutTheData(status)]),
    overrideReasons: overrideReasons(
      ...(['checked-with-programmer', 'refilled-elsewhere', 'pump-team-informed', 'planned'] as const),
      'not-relevant-now',
    ),
  };
}

/** How sure we are, which belongs to everything that is said of a pump. */
export const aboutTheData = ({ reportsHeld, dataAsOf, notice }: PumpStatus): string[] => [
  ...(reportsHeld.words ? [reportsHeld.words] : []),
  dataAsOf.words,
  notice,
];

export const marked = (summary: string, environment: PumpStatus['environment']): string =>
  environment === 'test' ? `TEST PATIENT. ${summary}` : summary;

const cardCodeByReason: Readonly<Record<string, CardCode>> = {
  'critical-alarm': 'critical-alarm',
  'end-of-service': 'end-of-service',
  'alarm-date-passed': 'alarm-date-passed',
  'at-alarm-volume': 'at-alarm-volume',
  'replacement-indicator': 'replacement-indicator',
};

/** A refill that is due soon is planned by the clinic; only one whose day has passed is news to others. */
function cardCodeOf({ code, device }: Reason, pumps: readonly OnePump[]): CardCode | undefined {
  if (code !== 'refill-due') return cardCodeByReason[code];
  const state = pumpOf(device, pumps)?.refillPlan.state.value ?? 'before-due';
  return state === 'before-due' ? undefined : 'past-due';
}

const aboutRefills: ReadonlySet<string> = new Set(['refill-due', 'alarm-date-passed', 'at-alarm-volume']);

/** Of a refill that may be missing, since when none was reported. */
function wordsOf({ code, words, since, device }: Reason, pumps: readonly OnePump[]): string {
  const late = aboutRefills.has(code) ? pumpOf(device, pumps)?.refillPlan.words : undefined;
  if (late) return late;
  return since && !words.includes(since.slice(0, 10)) ? `${words} Since ${since.slice(0, 10)}.` : words;
}

const pumpOf = (device: string | null, pumps: readonly OnePump[]) => pumps.find((pump) => pump.device === device);

const inShort: Readonly<Record<CardCode, string>> = {
  'critical-alarm': 'critical alarm reported',
  'end-of-service': 'end of service reported',
  'alarm-date-passed': 'alarm date passed',
  'at-alarm-volume': 'alarm volume reached by calculation',
  'past-due': 'refill date passed',
  'replacement-indicator': 'replacement indicator on',
  'magnetic-resonance': 'magnetic resonance ordered',
  'other-drug': 'other drug ordered',
};

/** As many as fit, the most pressing first; the detail has them all. */
function summaryOf(codes: readonly CardCode[], environment: PumpStatus['environment']): string {
  const check = 'Check the pump with its programmer.';
  const said = (count: number) =>
    marked(
      `Intrathecal baclofen pump: ${codes
        .slice(0, count)
        .map((code) => inShort[code])
        .join('; ')}. ${check}`,
      environment,
    );
  const counts = codes.map((_, n) => codes.length - n);
  return said(counts.find((count) => said(count).length <= longestSummary) ?? 1);
}
