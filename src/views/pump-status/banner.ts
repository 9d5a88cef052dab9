import type { Source } from './fact-schema.ts';
import type { Moved } from './moving.ts';
import type { OnePump } from './pump-schema.ts';
import { type BannerCode, bannerCodes, type StatusRules } from './rules.ts';
import type { PumpStatus } from './status-schema.ts';

type Banner = PumpStatus['banner'];
type Reason = Banner['reasons'][number];
type Found = Pick<Reason, 'words' | 'since'>;

/** What there is of a status whatever the instant; the facts of the pumps as they are shown. */
interface Still extends Pick<PumpStatus, 'openComplications' | 'conflicts'> {
  readonly pumps: readonly PumpStill[];
}

/** A pump but for what moves with the asked instant. */
export type PumpStill = Omit<OnePump, 'reservoir' | 'refillPlan'>;

/** What is needed of a pump for the rules that look at volumes and dates. */
export interface PumpMoved extends Pick<Moved, 'atAlarmVolume'> {
  readonly device: string;
  readonly isExplanted: boolean;
  readonly refillPlan: Pick<Moved['plan'], 'daysLeft' | 'state'> & PlanDates;
}

/** Dates of the refill plan that are put into words. */
export interface PlanDates {
  readonly alarmDate: { readonly calculated: string | null; readonly reported: string | null };
  readonly dueBy: string | null;
}

/** Reasons that stand for as long as the facts do, by code. */
export type StillReasons = Partial<Record<StillCode, readonly About[]>>;

type MovingCode = 'at-alarm-volume' | 'alarm-date-passed' | 'refill-due';
type StillCode = Exclude<BannerCode, MovingCode>;
type About = Omit<Reason, 'code' | 'urgency'>;

/** Of every rule, whatever a site makes of it. */
export function stillReasons(still: Still): StillReasons {
  const found = bannerCodes.flatMap((code): [StillCode, About[]][] =>
    isMoving(code) ? [] : [[code, foundBy(code, still)]],
  );
  return Object.fromEntries(found.filter(([, reasons]) => reasons.length > 0));
}

/** What a reader should look at first, by the rules of the site. It rests on what is shown: no rule sees more. */
export function bannerOf(
  standing: StillReasons,
  pumps: readonly PumpMoved[],
  lastReport: { readonly text: string } | null,
  rules: StatusRules,
): Banner {
  const found = bannerCodes.flatMap((code): Reason[] => {
    const { urgency, withinDays = 0 } = rules.banner[code];
    if (urgency === 'off') return [];
    const reasons = isMoving(code) ? movingReasons(code, pumps, withinDays) : (standing[code] ?? []);
    return reasons.map((reason) => ({ code, urgency, ...reason }));
  });
  const reasons = [...found.filter(({ urgency }) => urgency === 'urgent'), ...found.filter(isAttention)];
  const urgency = reasons[0]?.urgency ?? 'nothing-reported';
  return { urgency, reasons, words: says[urgency](lastReport?.text.slice(0, 10)) };
}

const isAttention = ({ urgency }: Reason): boolean => urgency === 'attention';

/** Never that all is well: what was not reported is not known. */
const says: Readonly<Record<Banner['urgency'], (lastReport: string | undefined) => string>> = {
  urgent: () => 'Urgent by what was reported or calculated. Check the patient, and the pump with its programmer.',
  attention: () => 'Needs attention by what was reported or calculated.',
  'nothing-reported': (lastReport) =>
    lastReport
      ? `No urgent reason known from reports up to ${lastReport}. What happened since, or was not reported, is not known here.`
      : 'Nothing reported. What happened is not known here.',
};

function movingReasons(code: MovingCode, pumps: readonly PumpMoved[], withinDays: number): About[] {
  return pumps
    .filter(({ isExplanted }) => !isExplanted)
    .flatMap((pump) => ofMovedPump[code](pump, withinDays).map((found) => ({ ...found, device: pump.device })));
}

function foundBy(code: StillCode, still: Still): About[] {
  if (code === 'withdrawal-or-overdose') return signsIn(still);
  if (code === 'open-complication') return otherComplications(still);
  return still.pumps
    .filter(({ state }) => state.value !== 'explanted')
    .flatMap((pump) => ofPump[code](pump, still).map((found) => ({ ...found, device: pump.device })));
}

const signsIn = ({ openComplications }: Still): About[] =>
  openComplications.filter(isSign).map(({ code, at, device }) => ({
    words: `${code === 'withdrawal' ? 'Withdrawal' : 'Overdose'} reported, and not reported as over.`,
    since: at,
    device,
  }));

const otherComplications = ({ openComplications }: Still): About[] =>
  openComplications
    .filter((one) => !isSign(one))
    .map(({ code, at, device }) => ({
      words: `Reported, and not reported as over: ${code.replaceAll('-', ' ')}.`,
      since: at,
      device,
    }));

const isSign = ({ code }: Still['openComplications'][number]): boolean => code === 'withdrawal' || code === 'overdose';

type OfPump = (pump: PumpStill, still: Still) => Found[];

const ofPump: Readonly<Record<Exclude<StillCode, 'withdrawal-or-overdose' | 'open-complication'>, OfPump>> = {
  'critical-alarm': ({ alarms }) =>
    alarms.standing
      .filter(({ criticality }) => criticality === 'critical')
      .map(({ code, at, words }) => ({ words: `Critical alarm reported: ${words ?? code}`, since: at })),
  'end-of-service': ({ state }) => when(state.value === 'eos', 'End of service of the battery reported.', state.asOf),
  'delivery-stopped': ({ programme: { delivery, mode } }) => [
    ...when(
      delivery.value === 'stopped' && !isByDeath(delivery),
      'The pump was reported as not delivering.',
      delivery.asOf,
    ),
    ...when(
      delivery.value === 'running' && mode.value === 'minimum-rate',
      'The pump was reported at its minimum rate.',
      mode.asOf,
    ),
  ],
  'delivery-unknown': ({ programme: { delivery } }) =>
    when(delivery.value === null, delivery.words ?? 'What the pump delivers is not known.', null),
  'replacement-indicator': ({ state, battery: { eriSince } }) =>
    when(state.value === 'eri', 'The pump asks for its replacement.', eriSince.value ?? state.asOf),
  'low-reservoir-alarm': ({ alarms }) =>
    alarms.standing
      .filter(({ code }) => code === 'low-reservoir')
      .map(({ at }) => ({ words: 'Low reservoir alarm reported.', since: at })),
  'residual-discrepancy': ({ refill: { grade, reading } }) =>
    when(
      grade.value === 'warn' || grade.value === 'critical',
      reading.words ?? 'The measured residual volume differs from the calculated one.',
      grade.asOf,
    ),
  'concentration-differs': ({ programme: { concentrationUgPerMl: programmed }, refill }) =>
    when(
      programmed.value !== null &&
        refill.concentrationUgPerMl.value !== null &&
        programmed.value !== refill.concentrationUgPerMl.value,
      'The concentration filled and the concentration programmed differ as reported. Check the pump with its programmer.',
      refill.concentrationUgPerMl.asOf,
    ),
  'bridge-not-reported': ({ device, programme, refill }, { conflicts }) => {
    const standing = [programme.concentrationUgPerMl, refill.last].map(({ source }) => JSON.stringify(idOf(source)));
    return conflicts
      .filter(({ code, device: of }) => code === 'concentration-change-without-bridge' && of === device)
      .filter(({ source }) => standing.includes(JSON.stringify(idOf(source))))
      .map(({ asOf }) => ({ words: 'The concentration changed, and no bridge bolus was reported.', since: asOf }));
  },
  'concentration-unknown': ({ programme: { concentrationUgPerMl } }) =>
    when(concentrationUgPerMl.value === null, 'Concentration not reported.', null),
};

const ofMovedPump: Readonly<Record<MovingCode, (pump: PumpMoved, withinDays: number) => Found[]>> = {
  'at-alarm-volume': ({ refillPlan: { alarmDate }, atAlarmVolume }) =>
    when(
      atAlarmVolume !== 'no',
      `${came[atAlarmVolume]} the volume came down to the alarm volume on ${alarmDate.calculated}; ${elsewhere}`,
      alarmDate.calculated,
    ),
  'alarm-date-passed': ({ refillPlan: { state, alarmDate } }) =>
    when(
      isPastShownDate(state),
      `The alarm date that the programmer showed, ${alarmDate.reported}, has come; ${elsewhere}`,
      alarmDate.reported,
    ),
  // Until what is worse is said: an alarm date begins with its day, the alarm volume is reached at some hour of it.
  'refill-due': ({ refillPlan, atAlarmVolume }, withinDays) =>
    atAlarmVolume !== 'no' || isPastShownDate(refillPlan.state) ? [] : dueIn(refillPlan, withinDays),
};

const isMoving = (code: BannerCode): code is MovingCode => Object.hasOwn(ofMovedPump, code);

const came = {
  no: '',
  yes: 'By calculation',
  'if-all-allotted': 'If the patient took every bolus that the programme allots, by calculation',
} as const;

const elsewhere = 'a refill elsewhere may be missing. Check the pump with its programmer.';

const when = (holds: boolean, words: string, since: string | null): Found[] => (holds ? [{ words, since }] : []);

type State = OnePump['refillPlan']['state'];

const basisOf = ({ source }: State) => (source && 'calculation' in source ? source.inputs?.basis : undefined);

const isByDeath = ({ source }: OnePump['programme']['delivery']): boolean =>
  source !== null && 'display' in source && source.display === 'death';

const isPastShownDate = (state: State): boolean =>
  basisOf(state) === 'reported' && (state.value === 'past-alarm-date' || state.value === 'past-calculated-end');

const idOf = (source: Source | null) => source && 'system' in source && [source.system, source.eventId];

/** Due by the day that counts; or late by our calculation where the programmer showed a later day. */
function dueIn({ daysLeft: { value: daysLeft }, dueBy, state }: PumpMoved['refillPlan'], withinDays: number): Found[] {
  if (daysLeft !== null && daysLeft <= withinDays) return [{ words: dueWords(daysLeft), since: null }];
  const isLate = state.value !== null && state.value !== 'before-due' && dueBy !== null;
  return when(isLate, `By calculation a refill was due by ${dueBy}; ${elsewhere}`, dueBy);
}

function dueWords(daysLeft: number): string {
  const days = Math.abs(daysLeft) === 1 ? '1 day' : `${Math.abs(daysLeft)} days`;
  if (daysLeft < 0) return `The day by which a refill is due was ${days} ago; ${elsewhere}`;
  return daysLeft === 0 ? 'A refill is due today.' : `A refill is due within ${days}.`;
}
