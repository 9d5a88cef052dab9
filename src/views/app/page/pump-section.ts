import type { OnePump } from '../../pump-status/pump-schema.ts';
import { amount, counted } from './amounts.ts';
import { type Child, element, list, section } from './elements.ts';
import { factLine, factList } from './fact.ts';
import { momentInWords } from './moments.ts';
import { pumpName } from './pump-name.ts';
import { batteryInWords, inWords } from './words.ts';

/** What is implanted. */
export function pumpSection(pump: OnePump): HTMLElement {
  return section(
    `pump-${pump.device}`,
    'Pump and catheter',
    element('h3', {}, 'Pump'),
    labelFacts(pump),
    element('h3', {}, 'Catheter'),
    catheterFacts(pump.catheter),
    element('h3', {}, 'Battery'),
    batteryFacts(pump.battery),
    element('h3', {}, 'Magnetic resonance imaging'),
    magneticResonance(pump.magneticResonance),
    noticeList(pump.notices),
  );
}

/** A pump that was taken out: what it was. Nothing of it is current. */
export const explantedSection = (pump: OnePump): HTMLElement =>
  section(`pump-${pump.device}`, `Explanted: ${pumpName(pump)}`, labelFacts(pump));

function labelFacts({ pocket, ...pump }: OnePump): Child {
  return factList(
    factLine({ label: 'Maker', fact: pump.manufacturer, value: text }),
    factLine({ label: 'Model', fact: pump.model, value: text }),
    factLine({ label: 'Serial number', fact: pump.serialNumber, value: text }),
    factLine({ label: 'Reservoir size', fact: pump.reservoirCapacityMl, value: (ml) => amount(ml, 'mL') }),
    factLine({ label: 'State', fact: pump.state, value: inWords }),
    factLine({ label: 'Implanted', fact: pump.implanted, value: momentInWords }),
    pump.explanted.value === null ? null : factLine({ label: 'Explanted', fact: pump.explanted, value: momentInWords }),
    factLine({ label: 'Pocket', fact: pocket.site, value: text }),
    factLine({ label: 'Side', fact: pocket.side, value: inWords }),
    factLine({ label: 'Plane', fact: pocket.plane, value: inWords }),
  );
}

function catheterFacts(catheter: OnePump['catheter']): Child {
  return factList(
    factLine({ label: 'Maker', fact: catheter.manufacturer, value: text }),
    factLine({ label: 'Model', fact: catheter.model, value: text }),
    factLine({ label: 'Implanted', fact: catheter.implanted, value: momentInWords }),
    factLine({ label: 'Level of the tip', fact: catheter.tipLevel, value: text, unknown: 'Tip level not recorded' }),
    factLine({ label: 'How the level is known', fact: catheter.tipLevelSource, value: inWords }),
    factLine({ label: 'Length', fact: catheter.implantedLengthCm, value: (cm) => amount(cm, 'cm') }),
    factLine({ label: 'Volume', fact: catheter.volumeMl, value: (ml) => amount(ml, 'mL') }),
  );
}

/** As the programmer showed it last, and what follows from that by calculation. */
function batteryFacts(battery: OnePump['battery']): Child {
  const unknown = 'No calculation';
  return factList(
    factLine({ label: 'Indicator', fact: battery.status, value: batteryInWords }),
    factLine({
      label: 'Months to the replacement indicator',
      fact: battery.monthsToEri,
      value: (months) => amount(months, 'months'),
    }),
    factLine({ label: 'Indicator on since', fact: battery.eriSince, value: momentInWords }),
    factLine({
      label: 'Replacement date, as the programmer estimated it',
      fact: battery.replacementDate,
      value: momentInWords,
    }),
    factLine({ label: 'Indicator expected, by calculation', fact: battery.eriExpected, value: momentInWords, unknown }),
    factLine({ label: 'End of service, by calculation', fact: battery.endOfServiceBy, value: momentInWords, unknown }),
    factLine({
      label: 'Window for the replacement, by calculation',
      fact: battery.replacementWindow,
      value: ({ from, to }) => `${momentInWords(from)} to ${momentInWords(to)}`,
      unknown,
    }),
    factLine({
      label: 'Calculated end of service less reported replacement date',
      fact: battery.differenceDays,
      value: (count) => counted(count, 'day'),
      unknown,
    }),
  );
}

function magneticResonance({ words, statements }: OnePump['magneticResonance']): Child {
  const said = statements.map(
    (one) =>
      `${one.words} (${one.region}, label ${one.labelDate ?? 'without a date'}${one.verified ? '' : ', not verified'})`,
  );
  return [element('p', {}, words), list(said)];
}

function noticeList(notices: OnePump['notices']): Child {
  if (notices.length === 0) return null;
  return element(
    'details',
    {},
    element('summary', {}, `Notices about the model (${notices.length}): whether they concern this pump is not known`),
    list(notices.map(({ date, words }) => `${date}: ${words}`)),
  );
}

const text = (value: string): string => value;
