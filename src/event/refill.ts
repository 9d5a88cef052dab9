import { z } from 'zod';
import { exampleProgram, examplePump, kind, reason } from './kind.ts';
import { bridge, fill, program, reported, residual } from './program.ts';
import { label } from './text.ts';
import { ml } from './units.ts';

export const refill = kind({
  type: 'refill',
  about: 'The reservoir was emptied and filled.',
  fields: {
    fill,
    residual: residual.optional(),
    program: program.optional(),
    previousProgram: program.optional(),
    bridge: bridge.optional(),
    reported: reported.optional(),
    rinseVolumeMl: ml.optional().meta({ description: 'Volume used to rinse the reservoir before the fill.' }),
    needleAttempts: z.int().positive().optional(),
    setting: z
      .enum(['clinic', 'hospital', 'home', 'elsewhere'])
      .optional()
      .meta({ description: 'Where the refill took place, seen from the clinic that looks after the pump.' }),
    imagingUsed: label.optional().meta({ description: 'How the port was found, e.g. ultrasound.' }),
    reason,
  },
  example: {
    source: { system: 'urn:oid:2.16.840.1.113883.19.5.1', eventId: 'R-000123', sequence: 9 },
    recordedAt: '2024-06-25T10:20:00-04:00',
    pump: { ...examplePump, udi: '(01)09521234000402(11)231004(17)250404(21)NGP100001H' },
    performer: { identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1487654321' } },
    residual: { expectedMl: 23.53, measuredMl: 23.9 },
    fill: { volumeMl: 38, concentrationUgPerMl: 2000, lotNumber: 'LOTB7741', expirationDate: '2026-03-31' },
    program: exampleProgram,
    reported: { lowReservoirAlarmDate: '2025-06-03', lowReservoirAlarmMl: 2, monthsToEri: 52 },
  },
});
