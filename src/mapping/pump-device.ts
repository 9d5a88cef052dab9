import type { Annotation, CodeableConcept, Device, DeviceProperty } from '@medplum/fhirtypes';
import { external, itb, profile } from '../fhir/systems.ts';
import { bareName } from '../therapy/bare-name.ts';
import type { PumpLife } from '../therapy/device-life.ts';
import type { MriStatement, PumpModel } from '../therapy/settings.ts';
import type { PumpState, Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { type MappingContext, pumpIdentity } from './context.ts';
import { concept, identifiers, meta, subject, type Ucum } from './element.ts';
import {
  deviceStatus,
  explantedBy,
  implantReport,
  labelled,
  listed,
  quantityProperty,
  udiRemarks,
} from './implanted-device.ts';
import { placedByLabel, placedByProcedure } from './placement.ts';

/** One Device for each physical pump, for ever. Only what does not change with time stands here. */
export function pumpDevices(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.pumps.flatMap((pump): Built[] => [
    {
      identity: identityOfPump(context, pump.life),
      resource: pumpDevice(therapy, pump, context),
      entry: pump.life.firstEntry,
      changedBy: explantedBy(therapy, pump.life),
    },
    ...udiRemarks(pump.life),
  ]);
}

export function identityOfPump(context: MappingContext, life: PumpLife): string {
  const { manufacturer, serialNumber } = life.label;
  return pumpIdentity(context, manufacturer, serialNumber, life.firstEntry.reattributions);
}

/** The identity of the pump with this key. */
export function pumpWithKey(therapy: Timeline, context: MappingContext, key: string): string {
  const pump = therapy.pumps.find(({ life }) => life.key === key);
  if (!pump) throw new Error('a timeline names a pump that it does not hold');
  return identityOfPump(context, pump.life);
}

function pumpDevice(therapy: Timeline, pump: PumpState, context: MappingContext): Device {
  const { life, model } = pump;
  const { label } = life;
  const lives = therapy.pumps.map((each) => each.life);
  return {
    resourceType: 'Device',
    meta: meta(profile.pump, life.firstEntry),
    identifier: identifiers(context, identityOfPump(context, life)),
    ...labelled(label),
    ...deviceStatus(context, life, lives, batteryAsks(therapy, pump)),
    type: concept(context, itb.deviceType, label.kind ?? model?.kind ?? 'programmable-pump'),
    ...(label.firmware && { version: [{ value: label.firmware }] }),
    ...listed('property', properties(pump, context)),
    patient: subject(context),
    ...listed('note', notes(therapy, pump, context)),
    safety: magneticResonance(pump, context),
  };
}

/** What the battery asks for by the last report of it, or by an alarm that is not over. */
function batteryAsks({ alarms }: Timeline, { life, battery }: PumpState): 'eri' | 'eos' | undefined {
  const open = alarms.filter((alarm) => alarm.pumpKey === life.key && !alarm.clearedAt).map(({ code }) => code);
  const said = new Set<string | undefined>([battery?.status, ...open]);
  return said.has('eos') ? 'eos' : said.has('eri') ? 'eri' : undefined;
}

/** Of the label; what it leaves out, where it is known of every pump of this model and says so. */
function properties({ life: { label }, model }: PumpState, context: MappingContext): DeviceProperty[] {
  const fact = (name: 'reservoirMl' | 'tubingMl' | 'flowMlPerDay', code: string, unit: Ucum) =>
    label[name] === undefined
      ? quantityProperty(context, code, verifiedOf(model, name), unit).map(ofModel)
      : quantityProperty(context, code, label[name], unit);
  return [
    ...fact('reservoirMl', 'reservoir-capacity', 'mL'),
    ...fact('tubingMl', 'pump-tubing-volume', 'mL'),
    ...fact('flowMlPerDay', 'flow-rate', 'mL/d'),
    ...quantityProperty(context, 'calibration-constant', label.calibrationConstant, '1'),
  ];
}

const ofModel = (property: DeviceProperty): DeviceProperty => ({
  ...property,
  type: { ...property.type, text: `${property.type.text}, of the model; not read from its label` },
});

function verifiedOf(
  model: PumpModel | undefined,
  name: 'reservoirMl' | 'tubingMl' | 'flowMlPerDay',
): number | undefined {
  return model?.unverified?.includes(name) ? undefined : model?.[name];
}

/** Notices about the model, and what was reported of its implantation where no Procedure tells it. */
function notes(therapy: Timeline, { life, model }: PumpState, context: MappingContext): Annotation[] {
  const { label } = life;
  const pocket = placedByProcedure(therapy, life, context) ? undefined : placedByLabel(context, life);
  const source = label.implantedOnSource ? ` (${label.implantedOnSource})` : '';
  const isDated = label.implantedOn !== undefined && !implantReport(therapy, life);
  const texts = [
    ...(isDated ? [`Implanted ${label.implantedOn}, as reported with its label${source}.`] : []),
    ...(pocket ? [`As reported with its label: ${pocket.text}.`] : []),
    ...(model?.notices ?? []).map(
      ({ date, inWords, verified }) => `Notice about the model, ${date}: ${inWords}${verified ? '' : ' Not verified.'}`,
    ),
  ];
  return texts.map((text) => ({ text }));
}

/**
 * What a label says of magnetic resonance, for this exact reference number. It is coded only where the statement was
 * verified and its region and date are known; until then its status counts as not established.
 */
function magneticResonance({ life, model }: PumpState, context: MappingContext): CodeableConcept[] {
  const statements = ofExactReference(life, model)?.safety ?? [];
  const stated = statements.map((statement) => ({
    ...(isEstablished(statement) && { coding: [context.codes.coding(external.ncit, safetyCode[statement.status])] }),
    text: safetyInWords(statement),
  }));
  return statements.some(isEstablished) ? stated : [...stated, { text: notEstablished }];
}

const notEstablished = 'MR status not established: ask the manufacturer and radiology.';

const safetyCode = { 'mr-conditional': 'C106046', 'mr-unsafe': 'C106047' } as const;

const isEstablished = ({ verified, labelDate }: MriStatement): boolean => verified && labelDate !== undefined;

function safetyInWords({ inWords, region, labelDate, verified }: MriStatement): string {
  const label = `Label for ${region}, ${labelDate ? `of ${labelDate}` : 'date not known'}`;
  return `${label}: ${inWords}${verified ? '' : ' Not verified.'}`;
}

/** Never by the name of a family: reference numbers of one family differ. */
function ofExactReference({ label }: PumpLife, model: PumpModel | undefined): PumpModel | undefined {
  const own = bareName(label.model ?? '');
  return model?.models.some((name) => bareName(name) === own) ? model : undefined;
}
