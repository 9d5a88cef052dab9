import type { OnePump } from '../pump-status/pump-schema.ts';
import type { PumpStatus } from '../pump-status/status-schema.ts';
import type { CardText } from './card.ts';
import { listed } from './markdown.ts';
import { overrideReasons } from './override-reasons.ts';
import type { Indicator } from './settings.ts';
import { aboutTheData, marked } from './status-card.ts';

/** Magnetic resonance is ordered for somebody with a pump: what its label says, for exactly this reference number. */
export function resonanceNote(pump: OnePump, status: PumpStatus, indicator: Indicator): CardText {
  const { statements, words } = pump.magneticResonance;
  const lines = statements.map(({ region, labelDate, verified, words: says }) => {
    const label = labelDate ? `label of ${labelDate}` : 'label without a date';
    return `${says} (Region ${region}, ${label}${verified ? '' : ', not verified'}.)`;
  });
  return {
    codes: ['magnetic-resonance'],
    summary: marked(`Implanted intrathecal baclofen pump. ${words}`, status.environment),
    indicator,
    detail: listed([`Pump in place: ${nameOf(pump)}.`, ...lines, words, afterwards, ...aboutTheData(status)]),
    overrideReasons: overrideReasons('mr-clarified', 'pump-team-informed', 'planned', 'not-relevant-now'),
  };
}

/** A field can stop a motor, and its recovery be seen only when the pump is read. */
const afterwards = 'Check the pump with its programmer after the examination.';

function nameOf({ manufacturer, model }: OnePump): string {
  const named = [manufacturer.value, model.value].filter((part) => part !== null);
  return named.length > 0 ? named.join(' ') : 'maker and model not reported';
}
