import { z } from 'zod';
import { label } from './text.ts';
import { partialDate } from './time.ts';
import { labelDoubts, type UdiLabel } from './udi-label.ts';
import { cm, ml, mlPerDay } from './units.ts';

/** How surely a length, a volume or a level of a catheter is known. */
const placementSource = z.enum(['operative-note', 'assumed', 'unknown']).optional();

const udi = {
  udi: z.string().min(1).max(500).optional().meta({
    description:
      'UDI as printed (GS1, HIBCC or ICCBBA). Where it states a serial, a lot or a date it agrees with the fields of the label. Other text is kept as printed.',
  }),
  udiAidc: z.string().min(1).max(500).optional().meta({
    description: 'UDI as a scanner read it, with its group separators, where the sender has that instead or beside it.',
  }),
  udiEntryType: z
    .enum(['barcode', 'rfid', 'manual', 'card', 'self-reported', 'unknown'])
    .optional()
    .meta({ description: 'How the UDI was entered.' }),
};

const implantedOn = partialDate
  .optional()
  .meta({ description: 'When it was implanted, where no implant event was sent.' });

/** A pump as labelled. Manufacturer and serial number identify it for ever. */
export const pump = z
  .strictObject({
    manufacturer: label,
    model: label.optional(),
    kind: z
      .enum(['programmable-pump', 'constant-flow-pump'])
      .optional()
      .meta({ description: 'Where the model does not say it.' }),
    serialNumber: label,
    lotNumber: label.optional(),
    deviceName: label.optional(),
    ...udi,
    manufactureDate: partialDate.optional(),
    expirationDate: partialDate.optional().meta({ description: 'Use before, as labelled. No date of replacement.' }),
    firmware: label.optional(),
    calibrationConstant: z.number().positive().optional(),
    reservoirMl: ml.optional(),
    tubingMl: ml.optional(),
    flowMlPerDay: mlPerDay.optional().meta({ description: 'The fixed flow of a constant-flow pump, as labelled.' }),
    implantedOn,
    implantedOnSource: label
      .optional()
      .meta({ description: 'Where the implant date comes from, e.g. an implant card or the patient.' }),
    pocketSite: label.optional(),
    pocketSide: z.enum(['left', 'right']).optional(),
    pocketPlane: z
      .enum(['subfascial', 'subcutaneous'])
      .optional()
      .meta({ description: 'The layer of the abdominal wall that the pocket lies in.' }),
  })
  .superRefine(refuseDoubtfulUdi);

/** A catheter as labelled. Many carry a lot only; then lot, model and patient together identify it. */
export const catheter = z
  .strictObject({
    manufacturer: label,
    model: label.optional(),
    serialNumber: label.optional(),
    lotNumber: label.optional(),
    deviceName: label.optional(),
    ...udi,
    manufactureDate: partialDate.optional(),
    expirationDate: partialDate.optional().meta({ description: 'Use before, as labelled.' }),
    implantedOn,
    tipLevel: label.optional(),
    tipLevelSource: placementSource,
    implantedLengthCm: cm.optional(),
    removedLengthCm: cm.optional(),
    lengthSource: placementSource,
    volumeMl: ml.optional(),
    volumeSource: placementSource,
    sideportPresent: z
      .boolean()
      .optional()
      .meta({ description: 'Whether the system has a catheter access port to the side of the reservoir port.' }),
  })
  .superRefine(refuseDoubtfulUdi);

export type Pump = z.infer<typeof pump>;
export type Catheter = z.infer<typeof catheter>;

/**
 * A device that states two serial numbers, lots or dates is not known; which one is right only its label can say. A field
 * that is wrong in itself is told as that alone.
 */
function refuseDoubtfulUdi(stated: UdiLabel, context: z.core.$RefinementCtx): void {
  const wrongInItself = new Set(context.issues.map(({ path }) => path?.[0]));
  for (const { field, code, message } of labelDoubts(stated)) {
    if (wrongInItself.has(field)) continue;
    context.addIssue({ code: 'custom', path: [field], message, params: { problem: code } });
  }
}
