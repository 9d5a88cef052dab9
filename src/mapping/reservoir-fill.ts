import type { CodeableConcept, Medication, MedicationAdministration, MedicationIngredient } from '@medplum/fhirtypes';
import { problem } from '../event/problem.ts';
import type { Fill } from '../event/program.ts';
import { itb, profile } from '../fhir/systems.ts';
import type { FillRecord } from '../therapy/records.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built, Remark } from './built.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { productCodings } from './drug-product.ts';
import { baclofen, concept, dateTime, identifiers, measured, meta, ofEvent, refer, subject } from './element.ts';
import { flagNotes, ofFill } from './flag-notes.ts';
import { encounterOf } from './party.ts';
import { performers } from './performer.ts';
import { pumpWithKey } from './pump-device.ts';
import { othersInWords } from './reservoir-drug.ts';

/**
 * Drug placed in the reservoir. Guarded: a volume in mL, no route, no mass, so that nobody can count 36,000 ug as a
 * dose. Each fill has its own Medication (concentration, lot), never shared between patients.
 */
export function fills(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.fills.flatMap((record): Built[] => [
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
    ...unlistedProduct(record, context),
  ]);
}

function medication({ fill, entry }: FillRecord, context: MappingContext): Medication {
  return {
    resourceType: 'Medication',
    meta: meta(profile.medication, entry),
    identifier: identifiers(context, eventIdentity(context, entry, 'medication'), entry),
    code: drugCode(fill, context),
    status: 'active',
    form: { text: 'solution for intrathecal infusion' },
    ingredient: [
      {
        itemCodeableConcept: isMixture(fill) ? product(fill, context) : baclofen(context),
        isActive: true,
        strength: strengthOf(fill.concentrationUgPerMl),
      },
      ...(fill.additionalDrugs ?? []).map(({ name, concentrationUgPerMl }) => ({
        itemCodeableConcept: { text: name },
        isActive: true,
        ...(concentrationUgPerMl !== undefined && { strength: strengthOf(concentrationUgPerMl) }),
      })),
    ],
    ...((fill.lotNumber || fill.expirationDate) && {
      batch: { lotNumber: fill.lotNumber, expirationDate: fill.expirationDate },
    }),
  };
}

/** A mixture is not the product that its baclofen comes from: then the product stands with that ingredient. */
function drugCode(fill: Fill, context: MappingContext): CodeableConcept {
  if (!isMixture(fill)) return product(fill, context);
  const drug = baclofen(context);
  return { ...drug, text: `${drug.text}, ${othersInWords(fill.additionalDrugs)}` };
}

const isMixture = ({ additionalDrugs = [] }: Fill): boolean => additionalDrugs.length > 0;

/** Baclofen, with the codes of the product where its National Drug Code is known, and its name as the text. */
function product({ ndc, productName }: Fill, context: MappingContext): CodeableConcept {
  const { coding, text } = baclofen(context);
  return { coding: [...coding, ...(ndc ? productCodings(context, ndc) : [])], text: productName ?? text };
}

const strengthOf = (concentrationUgPerMl: number): MedicationIngredient['strength'] => ({
  numerator: measured(concentrationUgPerMl, 'ug'),
  denominator: measured(1, 'mL'),
});

/** A National Drug Code that no table knows is not written, and said so; the drug itself is known without it. */
function unlistedProduct({ fill, entry }: FillRecord, context: MappingContext): Remark[] {
  if (!fill.ndc || productCodings(context, fill.ndc).length > 0) return [];
  const place = { field: 'fill.ndc', eventId: entry.source.reportEventId };
  const message = 'the National Drug Code is not in the table of products';
  return [{ problem: problem('code-unmapped', message, place, 'warning'), held: false, entry }];
}

function reservoirFill(therapy: Timeline, record: FillRecord, context: MappingContext): MedicationAdministration {
  const { fill, entry } = record;
  const others = othersInWords(fill.additionalDrugs);
  return {
    resourceType: 'MedicationAdministration',
    ...ofEvent(context, profile.reservoirFill, entry, 'fill'),
    partOf: [refer(eventIdentity(context, entry, 'procedure'))],
    status: 'completed',
    medicationReference: refer(eventIdentity(context, entry, 'medication')),
    subject: subject(context),
    context: encounterOf(entry.event),
    effectiveDateTime: dateTime(entry.when),
    ...performers(context, entry.event, 'refiller'),
    device: [refer(pumpWithKey(therapy, context, record.pumpKey))],
    ...flagNotes(
      therapy.flags.filter((flag) => flag.entry === entry),
      ofFill,
    ),
    dosage: {
      text:
        `RESERVOIR FILL, ${fill.volumeMl} mL of ${fill.concentrationUgPerMl} ug/mL` +
        `${others ? `, ${others},` : ''} placed in the pump reservoir. Not a patient dose.`,
      site: concept(context, itb.administration, 'pump-reservoir'),
      method: concept(context, itb.administration, 'reservoir-fill'),
      dose: measured(fill.volumeMl, 'mL'),
    },
  };
}
