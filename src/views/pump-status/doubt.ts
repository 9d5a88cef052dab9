import type { OnePump } from './pump-schema.ts';
import type { PumpStatus } from './status-schema.ts';

type Delivery = OnePump['programme']['delivery'];
type Complications = PumpStatus['openComplications'];

/** What was reported that speaks against drug reaching the patient, in words. */
export function doubtsReported({ device, alarms }: Pick<OnePump, 'device' | 'alarms'>, open: Complications): string[] {
  return [
    ...(alarms.standing.some(({ code }) => code === 'empty-reservoir') ? ['The pump alarmed for its volume.'] : []),
    ...open.filter((one) => isOfDelivery(one, device)).map(wordsOf),
  ];
}

/**
 * That a programme runs is what was reported of the pump. What speaks against drug reaching the patient is said beside
 * it: nobody should take the programmed dose for the delivered one.
 */
export function inDoubt(delivery: Delivery, doubts: readonly string[]): Delivery {
  if (doubts.length === 0 || (delivery.value !== 'running' && delivery.value !== 'bridge')) return delivery;
  return { ...delivery, words: `As programmed. ${doubts.join(' ')} What reaches the patient is not known.` };
}

/** Withdrawal, and what befell the catheter, of this pump or of one that was not named. */
const isOfDelivery = ({ code, device: of }: Complications[number], device: string): boolean =>
  (code === 'withdrawal' || code.startsWith('catheter-')) && (of === null || of === device);

const wordsOf = ({ code }: Complications[number]): string =>
  `Reported, and not reported as over: ${code.replaceAll('-', ' ')}.`;
