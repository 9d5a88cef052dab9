import type { OnePump } from '../../pump-status/pump-schema.ts';
import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { dayInWords, momentInWords, placeOf } from './moments.ts';
import { standingDate } from './standing-date.ts';

type Reason = PumpStatus['banner']['reasons'][number];
type Complication = PumpStatus['openComplications'][number];

interface Told {
  readonly pumps: PumpStatus['pumps'];
  readonly open: PumpStatus['openComplications'];
  /** When the newest report in the record happened. */
  readonly newest: string | undefined;
  readonly asOf: string;
}

/** Only what stands in the record, with the urgency that the adapter gives it by default: it never says that nothing is wrong. */
export function hospitalBanner({ pumps, open, newest, asOf }: Told): PumpStatus['banner'] {
  const inUse = pumps.filter(({ state }) => state.value !== 'explanted');
  const found = [
    ...open.map(complicationReason),
    ...inUse.flatMap((pump) => [
      ...alarmReasons(pump),
      ...batteryReason(pump),
      ...deliveryReason(pump),
      ...dateReasons(pump, asOf),
    ]),
  ];
  const reasons = [...found.filter(isUrgent), ...found.filter((one) => !isUrgent(one))];
  return {
    urgency: reasons[0]?.urgency ?? 'nothing-reported',
    reasons,
    words: reasons.length > 0 ? '' : noReason(newest),
  };
}

const isUrgent = ({ urgency }: Reason): boolean => urgency === 'urgent';

function noReason(newest: string | undefined): string {
  if (newest === undefined) return 'Nothing reported in the hospital’s record. What happened is not known here.';
  return `No urgent reason known from the hospital’s record up to ${dayInWords(newest)}. What happened since, or was not written there, is not known here.`;
}

function complicationReason({ code, at, device }: Complication): Reason {
  const isSign = code === 'withdrawal' || code === 'overdose';
  const words = isSign
    ? `Baclofen ${code} reported and not reported as over.`
    : `Reported, and not reported as over: ${code.replaceAll('-', ' ')}.`;
  return { code, urgency: isSign ? 'urgent' : 'attention', words, since: at, device };
}

function alarmReasons({ device, alarms }: OnePump): Reason[] {
  return alarms.standing.map(({ code, criticality, at }) => ({
    code,
    urgency: criticality === 'critical' ? 'urgent' : 'attention',
    words: `Alarm reported: ${code.replaceAll('-', ' ')}.`,
    since: at,
    device,
  }));
}

function batteryReason({ device, state }: OnePump): Reason[] {
  if (state.value !== 'eri' && state.value !== 'eos') return [];
  const { urgency, words } = ofBattery[state.value];
  return [{ code: state.value, urgency, words, since: null, device }];
}

const ofBattery = {
  eos: { urgency: 'urgent', words: 'End of service of the battery reported.' },
  eri: { urgency: 'attention', words: 'The pump asks for its replacement.' },
} as const;

function deliveryReason({ device, programme: { delivery } }: OnePump): Reason[] {
  if (delivery.value !== 'stopped') return [];
  const words = 'The pump was reported as not delivering.';
  return [{ code: 'delivery-stopped', urgency: 'attention', words, since: delivery.asOf, device }];
}

/** The alarm date begins with its day; a due date is past when its day is over. What was reported since makes neither one. */
function dateReasons({ device, refillPlan: { alarmDate, dueBy } }: OnePump, asOf: string): Reason[] {
  const alarm = standingDate(alarmDate).standing.value;
  const due = standingDate(dueBy).standing.value;
  const today = dayOf(asOf);
  const reasons: Reason[] = [];
  if (alarm !== null && dayOf(alarm) <= today) {
    const words = `The alarm date that the programmer showed, ${momentInWords(alarm)}, has come; ${elsewhere}`;
    reasons.push({ code: 'alarm-date-passed', urgency: 'urgent', words, since: alarm, device });
  }
  if (due !== null && dayOf(due) < today) {
    const words = `The day by which the programmer showed a refill as due, ${momentInWords(due)}, has gone by; ${elsewhere}`;
    reasons.push({ code: 'refill-due', urgency: 'attention', words, since: due, device });
  }
  return reasons;
}

const elsewhere = 'a refill elsewhere may be missing. Check the pump with its programmer.';

/** The day in the zone of the reader, in an order that compares; a date is a day already. */
function dayOf(text: string): string {
  if (!text.includes('T')) return text;
  const at = placeOf(text);
  const parts = [at.getFullYear(), at.getMonth() + 1, at.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}
