import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const columns = [
  ...['source_event_id', 'event_type', 'occurred_at', 'time_zone', 'mrn', 'mrn_system', 'test'],
  ...['pump_manufacturer', 'pump_model', 'pump_serial', 'infusion_mode', 'daily_dose_ug', 'concentration_ug_ml'],
  ...[
    'expected_residual_ml',
    'measured_residual_ml',
    'fill_volume_ml',
    'drug_lot',
    'drug_expiry',
    'scale',
    'scale_score',
    'note',
  ],
];

/** Of each patient in turn: a refill with its programme, a change of the dose, a score. */
const rowsOfPatient = 30;

/** Writes a canonical CSV of so many events about invented patients, in the order of the patients. */
export async function writeCsvFile(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${columns.join(',')}\r\n`);
  for (let n = 0; n < rows; n++) if (!file.write(rowOf(n))) await once(file, 'drain');
  file.end();
  await once(file, 'finish');
}

function rowOf(n: number): string {
  const patient = Math.floor(n / rowsOfPatient);
  const step = n % rowsOfPatient;
  const day = Temporal.PlainDate.from('2020-01-06').add({ days: step * 28 + (patient % 28) });
  const cells: Record<string, string | number> = {
    ...{ source_event_id: `C${n}`, occurred_at: `${day}T10:${String(n % 60).padStart(2, '0')}:00Z`, time_zone: 'UTC' },
    ...{ mrn: `MRN${patient}`, mrn_system: 'urn:oid:2.16.840.1.113883.19.5', test: 'Y' },
    ...{ pump_manufacturer: 'Medtronic', pump_model: '8637-40', pump_serial: `NGP${patient}H` },
    ...payloadOf(step),
  };
  return `${columns.map((column) => cells[column] ?? '').join(',')}\r\n`;
}

function payloadOf(step: number): Record<string, string | number> {
  const programme = { infusion_mode: 'simple-continuous', daily_dose_ug: 100 + step, concentration_ug_ml: 2000 };
  if (step % 3 === 1) return { event_type: 'dose-change', ...programme };
  if (step % 3 === 2) return { event_type: 'assessment', scale: 'PSFS', scale_score: step % 5 };
  const residual = { expected_residual_ml: 4.1, measured_residual_ml: 4.3 };
  const fill = { fill_volume_ml: 38, drug_lot: `LOT${step}`, drug_expiry: '2031-03-31' };
  return { event_type: 'refill', ...programme, ...residual, ...fill, note: '"Tolerated well, no ""beep"" heard."' };
}
