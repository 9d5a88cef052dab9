import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '@medplum/fhirtypes';
import { loadCodes } from '../../src/fhir/codes.ts';
import { validate } from '../../src/fhir/validate.ts';
import { divide } from '../../src/intake/hl7v2/message.ts';
import { readHl7v2 } from '../../src/intake/hl7v2/read.ts';
import { loadSources } from '../../src/intake/source/load.ts';
import { installFumifier } from '../fumifier-peer.ts';
import { alternate, secondsSince } from '../measure.ts';
import { gate, type Row } from '../row.ts';
import { mapper } from '../therapies.ts';

const mappingsDir = join(import.meta.dirname, '../../mappings');
const target = 40;
const messagesARound = { ours: 400, theirs: 20 };

/** The text of an ORU^R01 → validated resources, on one thread, without a store. */
export const oruToFhir: Row = {
  name: 'oru-to-fhir',
  long: true,
  async run({ folder }) {
    const ours = reader();
    const theirs = await installFumifier(folder);
    const own = ours(messageOf(0));
    const peer = await theirs(dividedOf(messageOf(0)));
    gate(own.every(isValid), 'a resource of ours is invalid');
    gate(peer.every(isValid), 'a resource of fumifier is invalid');
    gate(kindsOf(own) === kindsOf(peer), 'fumifier makes other kinds of resources');
    const rates = await alternate({
      ours: async () => rate(messagesARound.ours, (message) => ours(message).length === own.length),
      theirs: async () =>
        rate(messagesARound.theirs, async (message) => (await theirs(dividedOf(message))).length === peer.length),
    });
    const ratio = rates.ours.median / rates.theirs.median;
    return {
      figures: [
        {
          name: `ORU^R01 with 13 OBX to ${own.length} validated resources`,
          unit: 'messages/s',
          ours: rates.ours,
          baseline: {
            name: 'fumifier 2.1.2: the same kinds as base R4, without profiles, references and checks of the therapy',
            spread: rates.theirs,
          },
          target: { says: `≥ ${target} × fumifier`, reached: ratio >= target },
          note: `bytes of JSON: ours ${bytesOf(own)}, fumifier ${bytesOf(peer)}; the message is divided for it`,
        },
      ],
      gate: `${own.length} resources of the same kinds each, all valid by our validator (of fumifier as base R4)`,
    };
  },
};

const isValid = (resource: Resource): boolean => validate(resource).length === 0;
const kindsOf = (resources: readonly Resource[]) =>
  resources
    .map(({ resourceType }) => resourceType)
    .sort()
    .join();
const bytesOf = (resources: readonly Resource[]): number => JSON.stringify(resources).length;

async function rate(count: number, isRight: (message: string) => boolean | Promise<boolean>): Promise<number> {
  const messages = Array.from({ length: count }, (_, n) => messageOf(n));
  const start = performance.now();
  for (const message of messages) gate(await isRight(message), 'a message gave other resources');
  return count / secondsSince(start);
}

/** Reads, computes the therapy and maps; what does not conform would be held, so what comes out is validated. */
function reader(): (message: string) => readonly Resource[] {
  const sources = loadSources(mappingsDir, loadCodes(mappingsDir, { packs: [] }));
  const mapped = mapper();
  const patientId = '6f0d3c1e-8a54-8b1f-9c7a-2f4f0c9f6f11';
  const receivedAt = Temporal.Instant.from('2025-12-01T00:00:00Z');
  return (message) => {
    const [item] = readHl7v2(message, { sources })[0]?.items ?? [];
    gate(item !== undefined && 'event' in item, 'the message is no event');
    const { resources, remarks } = mapped({ patientId, events: [{ patientId, event: item.event, receivedAt }] });
    gate(!remarks.some(({ held }) => held), 'a resource is held');
    return resources.map(({ resource }) => resource);
  };
}

const example = readFileSync(join(mappingsDir, 'sources/examples/oru-flowsheet.sample.hl7'), 'utf8')
  .replaceAll('\n', '\r')
  .replaceAll('20261103', '20251103')
  .replaceAll('20270416', '20260416')
  .replace('|P|2.5.1|||AL|NE|', '|T|2.5.1|||||');

const messageOf = (n: number): string => example.replaceAll('FLT99120', `F${n}`).replaceAll('MRN0012345', `MRN${n}`);

/** The message as the JSON that its expression is written for: what an engine before it would hand over. */
function dividedOf(message: string): object {
  const tree = divide(message, (bytes) => Buffer.from(bytes).toString());
  if (!('leaves' in tree)) throw new Error('the message cannot be divided');
  const segments = [...Map.groupBy(tree.leaves, ({ segment }) => segment).values()];
  const named = (name: string) => segments.filter(([leaf]) => leaf?.path.startsWith(`${name}-`));
  const at = (leaves: (typeof segments)[number] | undefined, path: string) =>
    leaves?.find((leaf) => leaf.path === path)?.text;
  const [pid, pv1, obr] = ['PID', 'PV1', 'OBR'].map((name) => named(name)[0]);
  const obx = named('OBX').map((leaves) => ({
    ...{ code: at(leaves, 'OBX-3.1'), name: at(leaves, 'OBX-3.2'), sub: `s${at(leaves, 'OBX-4.1')}` },
    ...{ value: clockOf(at(leaves, 'OBX-2.1'), at(leaves, 'OBX-5.1')), unit: at(leaves, 'OBX-6.1') },
    ...{ serial: at(leaves, 'OBX-18.1'), manufacturer: at(leaves, 'OBX-18.3') ?? at(leaves, 'OBX-18.4') },
  }));
  return {
    pid: { mrn: at(pid, 'PID-3.1') },
    pv1: { visit: at(pv1, 'PV1-19.1') },
    obr: {
      ...{ id: at(obr, 'OBR-3.1'), code: at(obr, 'OBR-4.1'), name: at(obr, 'OBR-4.2') },
      ...{ at: isoOf(at(obr, 'OBR-7.1')), recorded: isoOf(at(obr, 'OBR-22.1')) },
    },
    obx,
    rates: Object.fromEntries(obx.flatMap(({ code, sub, value }) => (code === 'flex-step-rate' ? [[sub, value]] : []))),
  };
}

const clockOf = (type: string | undefined, text = ''): string =>
  type === 'TM' ? text.replace(/^(\d\d)(\d\d)$/, '$1:$2:00') : text;

const isoOf = (text = ''): string =>
  text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([+-]\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6$7:$8');
