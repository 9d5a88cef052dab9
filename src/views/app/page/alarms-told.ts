import type { OnePump } from '../../pump-status/pump-schema.ts';
import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { nameAmong } from './pump-name.ts';

export interface AlarmsTold {
  /** Null: there is only this pump. */
  readonly name: string | null;
  readonly standing: OnePump['alarms']['standing'];
  readonly words: string;
}

/** Of every pump in use, and of one that was taken out while its alarm stood. */
export function alarmsOf(pumps: PumpStatus['pumps']): AlarmsTold[] {
  const told = pumps.filter(({ state, alarms }) => state.value !== 'explanted' || alarms.standing.length > 0);
  return told.map((pump) => ({
    name: nameAmong(told, pump),
    standing: pump.alarms.standing,
    words: pump.alarms.words ?? 'No alarm reported.',
  }));
}
