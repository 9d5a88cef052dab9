import type { OnePump } from './pump-schema.ts';
import { type BannerCode, bannerCodes, type StatusRules } from './rules.ts';
import type { PumpStatus } from './status-schema.ts';

type Banner = PumpStatus['banner'];
type Reason = Banner['reasons'][number];
type Found = Pick<Reason, 'words' | 'since'>;

interface Shown extends Pick<PumpStatus, 'openComplications'> {
  readonly pumps: readonly PumpThere[];
  readonly lastReport: { readonly text: string } | null;
}

/** What a reader should look at first, by the rules of the site. It rests on what is shown: no rule sees more. */
export function bannerOf(shown: Shown, rules: StatusRules): Banner {
  const found = bannerCodes.flatMap((code): Reason[] => {
    const { urgency, withinDays = 0 } = rules.banner[code];
    if (urgency === 'off') return [];
    return foundBy(code, shown, withinDays).map((reason) => ({ code, urgency, ...reason }));
  });
  const reasons = [...found.filter(({ urgency }) => urgency === 'urgent'), ...found.filter(isAttention)];
  const urgency = reasons[0]?.urgency ?? 'nothing-reported';
  return { urgency, reasons, words: says[urgency](shown.lastReport?.text.slice(0, 10)) };
}

const isAttention = ({ urgency }: Reason): boolean => urgency === 'attention';

/** Never that all is well: what was not reported is not known. */
const says: Readonly<Record<Banner['urgency'], (lastReport: string | undefined) => string>> = {
  urgent: () => 'Urgent by what was reported or calculated. Check the patient, and the pump with its programmer.',
  attention: () => 'Needs attention by what was reported or calculated.',
  'nothing-reported': (lastReport) =>
    lastReport
      ? `Nothing urgent reported up to ${lastReport}. What happened since, or was not reported, is not known here.`
      : 'Nothing reported. What happened is not known here.',
};

function foundBy(code: BannerCode, shown: Shown, withinDays: number): Omit<Reason, 'code' | 'urgency'>[] {
  if (code === 'withdrawal-or-overdose') return signsIn(shown);
  return shown.pumps
    .filter(({ state }) => state.value !== 'explanted')
    .flatMap((pump) => ofPump[code](pump, withinDays).map((found) => ({ ...found, device: pump.device })));
}

function signsIn({ openComplications }: Shown): Omit<Reason, 'code' | 'urgency'>[] {
  return openComplications
    .filter(({ code }) => code === 'withdrawal' || code === 'overdose')
    .map(({ code, at, device }) => ({
      words: `${code === 'withdrawal' ? 'Withdrawal' : 'Overdose'} reported, and not reported as over.`,
      since: at,
      device,
    }));
}

/** A pump as it is shown, and whether its calculated volume is at or below the alarm volume. */
export interface PumpThere extends OnePump {
  readonly isAtAlarmVolume: boolean;
}

type OfPump = (pump: PumpThere, withinDays: number) => Found[];

const ofPump: Readonly<Record<Exclude<BannerCode, 'withdrawal-or-overdose'>, OfPump>> = {
  'critical-alarm': ({ alarms }) =>
    alarms.standing
      .filter(({ criticality }) => criticality === 'critical')
      .map(({ code, at, words }) => ({ words: `Critical alarm reported: ${words ?? code}`, since: at })),
  'end-of-service': ({ state }) => when(state.value === 'eos', 'End of service of the battery reported.', state.asOf),
  'delivery-stopped': ({ programme: { delivery } }) =>
    when(
      delivery.value === 'stopped' && !isByDeath(delivery),
      'The pump was reported as not delivering.',
      delivery.asOf,
    ),
  'at-alarm-volume': ({ refillPlan: { alarmDate }, isAtAlarmVolume }) =>
    when(
      isAtAlarmVolume,
      `By calculation the volume came down to the alarm volume on ${alarmDate.calculated.value}; ${elsewhere}`,
      alarmDate.calculated.value,
    ),
  'alarm-date-passed': ({ refillPlan: { state, alarmDate } }) =>
    when(
      basisOf(state) === 'reported' && isPastAlarm(state.value),
      `The alarm date that the programmer showed, ${alarmDate.reported.value}, has come; ${elsewhere}`,
      alarmDate.reported.value,
    ),
  'replacement-indicator': ({ state }) => when(state.value === 'eri', 'The pump asks for its replacement.', state.asOf),
  'low-reservoir-alarm': ({ alarms }) =>
    alarms.standing
      .filter(({ code }) => code === 'low-reservoir')
      .map(({ at }) => ({ words: 'Low reservoir alarm reported.', since: at })),
  'refill-due': ({ refillPlan: { daysLeft, state } }, withinDays) =>
    when(
      daysLeft.value !== null && daysLeft.value <= withinDays && !isPastAlarm(state.value),
      dueWords(daysLeft.value ?? 0),
      null,
    ),
  'residual-discrepancy': ({ refill: { grade, reading } }) =>
    when(
      grade.value === 'warn' || grade.value === 'critical',
      reading.words ?? 'The measured residual volume differs from the calculated one.',
      grade.asOf,
    ),
  'concentration-unknown': ({ programme: { concentrationUgPerMl } }) =>
    when(concentrationUgPerMl.value === null, 'Concentration not reported.', null),
};

const elsewhere = 'a refill elsewhere may be missing. Check the pump with its programmer.';

const when = (holds: boolean, words: string, since: string | null): Found[] => (holds ? [{ words, since }] : []);

type State = OnePump['refillPlan']['state'];

const basisOf = ({ source }: State) => (source && 'calculation' in source ? source.inputs?.basis : undefined);

const isByDeath = ({ source }: OnePump['programme']['delivery']): boolean =>
  source !== null && 'display' in source && source.display === 'death';

const isPastAlarm = (state: State['value']): boolean => state === 'past-alarm-date' || state === 'past-calculated-end';

function dueWords(daysLeft: number): string {
  if (daysLeft < 0) return `The day by which a refill is due was ${-daysLeft} days ago; ${elsewhere}`;
  return daysLeft === 0 ? 'A refill is due today.' : `A refill is due within ${daysLeft} days.`;
}
