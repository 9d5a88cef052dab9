import type { Catheter, Pump } from '../../event/device.ts';
import { alarmsStanding } from '../../therapy/alarms-standing.ts';
import { bareName } from '../../therapy/bare-name.ts';
import { type CatheterLife, isImplanted, type PumpLife, pumpKey, sameCatheter } from '../../therapy/device-life.ts';
import type { Entry } from '../../therapy/history.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';
import type { When } from '../../therapy/when.ts';
import { isAfter, reported, unknown } from './fact.ts';
import type { Fact } from './fact-schema.ts';
import type { FactsContext } from './facts-context.ts';
import type { OnePump } from './pump-schema.ts';

type Identity = Pick<
  OnePump,
  | 'device'
  | 'manufacturer'
  | 'model'
  | 'serialNumber'
  | 'reservoirCapacityMl'
  | 'implanted'
  | 'explanted'
  | 'pocket'
  | 'state'
>;

/** What pump it is, and whether it is in use. */
export function identityFacts(therapy: Timeline, pump: PumpState, context: FactsContext): Identity {
  const { life } = pump;
  const label = <Name extends keyof Pump>(name: Name): Fact<NonNullable<Pump[Name]>> =>
    reported(life.label[name], firstToState(pumpsNamed(therapy, life.key), name, life.label[name]) ?? life.firstEntry);
  return {
    device: context.identityOf(life),
    manufacturer: label('manufacturer'),
    model: label('model'),
    serialNumber: label('serialNumber'),
    reservoirCapacityMl: label('reservoirMl').value === null ? capacityOfModel(pump) : label('reservoirMl'),
    implanted: dated(life.implanted, implantOf(therapy, pump) ?? life.firstEntry),
    explanted: dated(life.explanted, explantOf(therapy, pump)),
    pocket: { site: label('pocketSite'), side: label('pocketSide'), plane: label('pocketPlane') },
    state: stateOf(therapy, pump),
  };
}

/** What every pump of the model holds, where nobody read the label of this one. */
function capacityOfModel({ life, model }: PumpState): Fact<number> {
  if (model?.reservoirMl === undefined || model.unverified?.includes('reservoirMl')) return unknown();
  return reported(model.reservoirMl as number, life.firstEntry, 'Of the model; not read from its label.');
}

function stateOf(therapy: Timeline, { life, battery }: PumpState): Identity['state'] {
  if (life.explanted) return reported('explanted' as const, explantOf(therapy, { life }) ?? life.firstEntry);
  const alarms = alarmsStanding(therapy, life.key, therapy.asOf);
  for (const asked of ['eos', 'eri'] as const) {
    const alarm = alarms.findLast(({ code }) => code === asked);
    if (alarm) return reported(asked, alarm.entry);
    if (battery?.status === asked) return reported(asked, lastStating(therapy, life, 'batteryStatus'));
  }
  return reported(
    'active' as const,
    implantOf(therapy, { life }) ?? life.firstEntry,
    'No replacement indicator reported.',
  );
}

/** The newest report of it: what the programmer showed at a session; of the indicator also an alarm. */
export function lastStating(
  { sessions, alarms }: Timeline,
  { key, firstEntry }: PumpLife,
  name: 'batteryStatus' | 'monthsToEri' | 'eriDate' | 'estimatedReplacementDate',
): Entry {
  const states = ({ event }: Entry) => 'reported' in event && event.reported?.[name] !== undefined;
  const shown = sessions.findLast(({ pumpKey: of, entry }) => of === key && states(entry))?.entry;
  const isSign = (code: string) => name === 'batteryStatus' && (code === 'eri' || code === 'eos');
  const alarm = alarms.findLast(({ pumpKey: of, code }) => of === key && isSign(code))?.entry;
  if (!shown || !alarm) return shown ?? alarm ?? firstEntry;
  return isAfter(alarm, shown) ? alarm : shown;
}

const dated = (when: When | undefined, by: Entry | undefined): Fact<string> => reported(when?.text, by);

type OfPump = Pick<PumpState, 'life'>;

const implantOf = ({ entries }: Timeline, { life }: OfPump): Entry | undefined =>
  entries.find(({ when, event }) => when === life.implanted && event.type !== 'explant') ??
  entries.find(({ event }) => event.pump?.implantedOn !== undefined && pumpKey(event.pump) === life.key);

const explantOf = ({ entries }: Timeline, { life }: OfPump): Entry | undefined =>
  entries.find(({ when }) => when === life.explanted);

const pumpsNamed = ({ entries }: Timeline, key: string) =>
  entries.flatMap((entry) =>
    entry.event.pump && pumpKey(entry.event.pump) === key ? [{ entry, label: entry.event.pump }] : [],
  );

function firstToState<Label>(
  named: readonly { readonly entry: Entry; readonly label: Label }[],
  name: keyof Label,
  value: unknown,
): Entry | undefined {
  return named.find(({ label }) => label[name] === value)?.entry;
}

/** The catheter that is connected to the pump, so far as one was reported. */
export function catheterFacts(therapy: Timeline, { life }: PumpState, context: FactsContext): OnePump['catheter'] {
  const connected = therapy.catheters.findLast((one) => one.pumpKey === life.key && isImplanted(one));
  if (!connected) return noCatheter;
  const named = cathetersNamed(therapy, connected);
  const label = <Name extends keyof Catheter>(name: Name): Fact<NonNullable<Catheter[Name]>> => {
    const value = connected.label[name];
    return reported(value, firstToState(named, name, value) ?? connected.firstEntry);
  };
  const tipLevel = label('tipLevel');
  return {
    device: context.identityOf(connected),
    manufacturer: label('manufacturer'),
    model: label('model'),
    implanted: dated(
      connected.implanted,
      therapy.entries.find(({ when }) => when === connected.implanted) ?? connected.firstEntry,
    ),
    tipLevel: tipLevel.value === null ? unknown(noTipLevel) : tipLevel,
    tipLevelSource: label('tipLevelSource'),
    implantedLengthCm: label('implantedLengthCm'),
    volumeMl: label('volumeMl'),
  };
}

const cathetersNamed = ({ entries }: Timeline, { label }: CatheterLife) =>
  entries.flatMap((entry) =>
    entry.event.catheter && sameCatheter(entry.event.catheter, label) ? [{ entry, label: entry.event.catheter }] : [],
  );

const noTipLevel = 'Tip level not recorded.';

const noCatheter: OnePump['catheter'] = {
  device: null,
  manufacturer: unknown(),
  model: unknown(),
  implanted: unknown(),
  tipLevel: unknown(noTipLevel),
  tipLevelSource: unknown(),
  implantedLengthCm: unknown(),
  volumeMl: unknown(),
};

/** What labels say of exactly this reference number. A family says nothing: its reference numbers differ. */
export function magneticResonanceOf({ life, model }: PumpState): OnePump['magneticResonance'] {
  const own = life.label.model === undefined ? undefined : bareName(life.label.model);
  const isExact = model?.models.some((name) => bareName(name) === own) ?? false;
  const statements = isExact ? (model?.safety ?? []) : [];
  const isEstablished = statements.some(({ verified, labelDate }) => verified && labelDate !== undefined);
  return {
    statements: statements.map(({ status, region, labelDate, verified, inWords }) => ({
      status,
      region,
      labelDate: labelDate ?? null,
      verified,
      words: inWords,
    })),
    words: isEstablished
      ? 'As labelled for the region and date: check the label with radiology.'
      : 'MR status not established: ask the manufacturer and radiology.',
  };
}

export const noticesOf = ({ model }: PumpState): OnePump['notices'] =>
  (model?.notices ?? []).map(({ date, inWords, verified }) => ({ date, words: inWords, verified }));
