import { z } from 'zod';
import { label } from './text.ts';
import { partialDate } from './time.ts';
import { cm, ml } from './units.ts';

/** A pump as labelled. Manufacturer and serial number identify it for ever. */
export const pump = z.strictObject({
  manufacturer: label,
  model: label.optional(),
  serialNumber: label,
  deviceName: label.optional(),
  udi: z.string().min(1).max(500).optional().meta({ description: 'UDI carrier, human readable form.' }),
  manufactureDate: partialDate.optional(),
  expirationDate: partialDate.optional(),
  firmware: label.optional(),
  calibrationConstant: z.number().positive().optional(),
  reservoirMl: ml.optional(),
  tubingMl: ml.optional(),
  pocketSite: label.optional(),
});

/** A catheter as labelled. Many carry a lot only; then lot, model and patient together identify it. */
export const catheter = z.strictObject({
  manufacturer: label,
  model: label.optional(),
  serialNumber: label.optional(),
  lotNumber: label.optional(),
  udi: z.string().min(1).max(500).optional(),
  manufactureDate: partialDate.optional(),
  expirationDate: partialDate.optional(),
  tipLevel: label.optional(),
  implantedLengthCm: cm.optional(),
  removedLengthCm: cm.optional(),
  lengthSource: z.enum(['operative-note', 'assumed', 'unknown']).optional(),
  volumeMl: ml.optional(),
});

export type Pump = z.infer<typeof pump>;
export type Catheter = z.infer<typeof catheter>;
