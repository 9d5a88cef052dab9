import type { Medication, MedicationAdministration } from '@medplum/fhirtypes';
import { itb, profile } from '../fhir/systems.ts';
import type { FillRecord } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { baclofen, concept, dateTime, identifiers, measured, meta, ofEvent, refer, subject } from './element.ts';
import { pumpWithKey } from './pump-device.ts';

/**
 * Drug placed in the reservoir. Guarded: a volume in mL, no route, no mass, so that nobody can count 36,000 ug as a
 * dose. Each fill has its own Medication (concentration, lot), never shared between patients.
 */
export function fills(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.fills.flatMap((record) => [
    {
      identity: eventIdentity(context, record.entry, 'medication'),
      resource: medication(record, context),
      entry: record.entry,
    },
    {
      identity: eventIdentity(context, record.entry, 'fill'),
      resource: reservoirFill(therapy, record, context),
      entry: record.entry,
    },
  ]);
}

function medication({ fill, entry }: FillRecord, context: MappingContext): Medication {
  return {
    resourceType: 'Medication',
    meta: meta(profile.medication, entry),
    identifier: identifiers(context, eventIdentity(context, entry, 'medication'), entry),
    code: baclofen(context),
    status: 'active',
    form: { text: 'solution for intrathecal infusion' },
    ingredient: [
      {
        itemCodeableConcept: baclofen(context),
        isActive: true,
        strength: { numerator: measured(fill.concentrationUgPerMl, 'ug'), denominator: measured(1, 'mL') },
      },
    ],
    ...((fill.lotNumber || fill.expirationDate) && {
      batch: { lotNumber: fill.lotNumber, expirationDate: fill.expirationDate },
    }),
  };
}

function reservoirFill(therapy: Timeline, record: FillRecord, context: MappingContext): MedicationAdministration {
  const { fill, entry } = record;
  return {
    resourceType: 'MedicationAdministration',
    ...ofEvent(context, profile.reservoirFill, entry, 'fill'),
    partOf: [refer(eventIdentity(context, entry, 'procedure'))],
    status: 'completed',
    medicationReference: refer(eventIdentity(context, entry, 'medication')),
    subject: subject(context),
    effectiveDateTime: dateTime(entry.when),
    device: [refer(pumpWithKey(therapy, context, record.pumpKey))],
    dosage: {
      text:
        `RESERVOIR FILL, ${fill.volumeMl} mL of ${fill.concentrationUgPerMl} ug/mL placed in the pump reservoir. ` +
        'Not a patient dose.',
      site: concept(context, itb.administration, 'pump-reservoir'),
      method: concept(context, itb.administration, 'reservoir-fill'),
      dose: measured(fill.volumeMl, 'mL'),
    },
  };
}
