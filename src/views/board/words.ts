import type { PumpStatus } from '../pump-status/status-schema.ts';
import type { Entry } from './entries.ts';
import type { Show } from './view.ts';

/** Said on every page and with every file. */
export const notice = 'Not an alarm or monitoring system.';

/** How a state is called. None says what is in a reservoir, and none that nothing is to be done. */
export const stateNames: Readonly<Record<Show, string>> = {
  all: 'All with a pump',
  'past-alarm-date': 'No refill reported by the alarm date',
  'past-due-date': 'No refill reported by the due date',
  'due-soon': 'Due soon',
  unknown: 'Not known',
  'before-due': 'Before the due date',
  'no-pump': 'No pump',
  'not-heard-of': 'Not heard of',
  'booking-past': 'Booked day past',
};

export const settingNames: Readonly<Record<string, string>> = {
  clinic: 'at the clinic',
  hospital: 'in hospital',
  home: 'at home',
  elsewhere: 'elsewhere',
};

/** What is known of a patient's next refill, in sentences. */
export function stateWords(entry: Entry, status: PumpStatus): string {
  const { state, dueOn, dueMethod, alarmOn } = entry;
  switch (state) {
    case 'no-pump':
      return 'No pump is reported as implanted and looked after here.';
    case 'unknown':
      return `When a refill is due is not known: ${whyUnknown(status)}.`;
    case 'past-alarm-date':
      return `${since(entry)} ${alarmWords(entry)} ${mayBeMissing}`;
    case 'past-due-date':
      return `${since(entry)} It was due by ${dueOn}, ${howKnown(dueMethod)}. ${mayBeMissing}`;
    default:
      return dueOn === null
        ? `Low reservoir alarm date ${alarmOn}, ${howKnown(entry.alarmMethod)}.`
        : `Due by ${dueOn}, ${howKnown(dueMethod)}.`;
  }
}

const mayBeMissing = 'A refill elsewhere may be missing. Check the pump with its programmer.';

const since = ({ refilledOn }: Entry): string =>
  refilledOn === null ? 'No refill reported.' : `No refill reported since ${refilledOn}.`;

const alarmWords = ({ alarmOn, alarmMethod }: Entry): string =>
  alarmMethod === 'reported'
    ? `The programmer showed ${alarmOn} as the low reservoir alarm date.`
    : `By calculation the reservoir would reach the alarm volume on ${alarmOn}.`;

const howKnown = (method: Entry['dueMethod']): string =>
  method === 'reported' ? 'as the programmer showed it' : 'by calculation';

/** The first thing without which no date can be told. */
function whyUnknown({ pumps, reportsHeld }: PumpStatus): string {
  const pump = pumps.find(({ state }) => state.value !== 'explanted');
  if (!pump) return 'no pump was reported';
  if (reportsHeld.count > 0) return 'a report is held until somebody has looked at it';
  const { programme, refill, refillPlan } = pump;
  if (refillPlan.dueBy.calculated.method === 'withheld') {
    return 'the programmer’s date was not reported, and calculated dates are not shown here';
  }
  if (refill.last.value === null) return 'no refill was reported';
  if (programme.delivery.value === 'stopped') return 'the pump was reported as stopped';
  if (programme.concentrationUgPerMl.value === null) return 'no concentration was reported';
  if (programme.delivery.value === null) return 'what the pump delivers is not known';
  return 'the reports do not tell the volume in the reservoir';
}
