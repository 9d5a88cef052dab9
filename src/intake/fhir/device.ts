import type { Device, DeviceProperty } from '@medplum/fhirtypes';
import { statedByUdi } from '../../event/udi-label.ts';
import { external, itb } from '../../fhir/systems.ts';
import type { Found } from './document.ts';
import { amount, type Facts, number, said } from './facts.ts';
import { codeIn } from './meaning.ts';
import { implantedInWords, pocketInWords, tipInWords } from './words.ts';

/** The label of a pump or catheter as its Device states it. */

/** `field`: `pump`. */
export function pumpLabel(field: string, device: Found<Device>): Facts {
  const { resource } = device;
  const { calibration } = { calibration: propertiesOf(device, 'calibration-constant')[0] };
  return [
    ...label(field, device),
    ...said(`${field}.kind`, codeIn(resource.type, itb.deviceType), device, 'type'),
    ...said(`${field}.firmware`, resource.version?.[0]?.value, device, 'version'),
    ...measure(`${field}.reservoirMl`, device, 'reservoir-capacity'),
    ...measure(`${field}.tubingMl`, device, 'pump-tubing-volume'),
    ...measure(`${field}.flowMlPerDay`, device, 'flow-rate'),
    ...(calibration
      ? number(
          `${field}.calibrationConstant`,
          calibration.property.valueQuantity?.[0],
          '1',
          device,
          calibration.element,
        )
      : []),
    ...noted(device, (text) => {
      const { date, source } = implantedInWords(text) ?? {};
      const pocket = pocketInWords(text);
      return { implantedOn: date, implantedOnSource: source, ...pocket };
    }).flatMap(([name, value, element]) => said(`${field}.${name}`, value, device, element)),
  ];
}

/** `field`: `catheter` or `removedCatheter`. */
export function catheterLabel(field: string, device: Found<Device>): Facts {
  const sideport = codedProperty(device, 'catheter-sideport', external.yesNo);
  return [
    ...label(field, device),
    ...measure(`${field}.implantedLengthCm`, device, 'catheter-length'),
    ...measure(`${field}.removedLengthCm`, device, 'catheter-removed-length'),
    ...codedProperty(device, 'catheter-length-source', itb.factSource).flatMap(([code, element]) =>
      said(`${field}.lengthSource`, code, device, element),
    ),
    ...measure(`${field}.volumeMl`, device, 'catheter-volume'),
    ...codedProperty(device, 'catheter-volume-source', itb.factSource).flatMap(([code, element]) =>
      said(`${field}.volumeSource`, code, device, element),
    ),
    ...sideport.flatMap(([code, element]) => said(`${field}.sideportPresent`, yesOrNo[code], device, element)),
    ...noted(device, (text) => {
      const tip = tipInWords(text);
      return { implantedOn: implantedInWords(text)?.date, tipLevel: tip?.level, tipLevelSource: tip?.source };
    }).flatMap(([name, value, element]) => said(`${field}.${name}`, value, device, element)),
  ];
}

const yesOrNo: Readonly<Record<string, boolean>> = { Y: true, N: false };

/** What only the UDI states is repeated in the elements of a Device: it is left where it was read. */
function label(field: string, device: Found<Device>): Facts {
  const { resource } = device;
  const [carrier] = resource.udiCarrier ?? [];
  const udi = carrier?.carrierHRF;
  const udiAidc = carrier?.carrierAIDC && Buffer.from(carrier.carrierAIDC, 'base64').toString('utf8');
  const ofUdi = udi || udiAidc ? statedByUdi({ udi, udiAidc } as never) : undefined;
  const own = (name: 'lotNumber' | 'manufactureDate' | 'expirationDate') =>
    resource[name] === ofUdi?.[name] ? [] : said(`${field}.${name}`, resource[name], device, name);
  const name = resource.deviceName?.[0]?.name;
  const entryType = carrier?.entryType === 'unknown' ? undefined : carrier?.entryType;
  return [
    ...said(`${field}.manufacturer`, resource.manufacturer, device, 'manufacturer'),
    ...said(`${field}.model`, resource.modelNumber, device, 'modelNumber'),
    ...said(`${field}.serialNumber`, resource.serialNumber, device, 'serialNumber'),
    ...own('lotNumber'),
    ...said(`${field}.deviceName`, name === resource.modelNumber ? undefined : name, device, 'deviceName[0].name'),
    ...said(`${field}.udi`, udi, device, 'udiCarrier[0].carrierHRF'),
    ...said(`${field}.udiAidc`, udiAidc, device, 'udiCarrier[0].carrierAIDC'),
    ...said(`${field}.udiEntryType`, entryType, device, 'udiCarrier[0].entryType'),
    ...own('manufactureDate'),
    ...own('expirationDate'),
  ];
}

interface Property {
  readonly property: DeviceProperty;
  readonly element: string;
}

/** What is known of every pump of a model was not read from its label. */
function propertiesOf({ resource }: Found<Device>, code: string): Property[] {
  return (resource.property ?? []).flatMap((property, n) =>
    codeIn(property.type, itb.observation) === code && !property.type.text?.endsWith(ofModel)
      ? [{ property, element: `property[${n}]` }]
      : [],
  );
}

const ofModel = ', of the model; not read from its label';

const measure = (field: string, device: Found<Device>, code: string): Facts =>
  propertiesOf(device, code).flatMap(({ property, element }) =>
    amount(field, property.valueQuantity?.[0], device, `${element}.valueQuantity[0]`),
  );

function codedProperty(device: Found<Device>, code: string, system: string): [code: string, element: string][] {
  return propertiesOf(device, code).flatMap(({ property, element }): [string, string][] => {
    const value = codeIn(property.valueCode?.[0], system);
    return value === undefined ? [] : [[value, `${element}.valueCode[0]`]];
  });
}

type Read = Readonly<Record<string, string | undefined>>;

function noted(
  { resource }: Found<Device>,
  read: (text: string) => Read,
): [name: string, value: string, element: string][] {
  return (resource.note ?? []).flatMap(({ text = '' }, n) =>
    Object.entries(read(text)).flatMap(([name, value]): [string, string, string][] =>
      value === undefined ? [] : [[name, value, `note[${n}].text`]],
    ),
  );
}
