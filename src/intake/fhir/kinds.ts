import type { EventType } from '../../event/event.ts';
import type { Meaning } from './meaning.ts';

/** Which events can be told again from FHIR resources, and what of them cannot. */

/** Kinds of event that no resource tells, each with the reason. All others come back. */
export const neverTold: Partial<Record<EventType, string>> = {
  merge:
    'Which records belong to one person stands in the Patient of the hospital, and in no resource that is written.',
  unmerge:
    'Which records belong to one person stands in the Patient of the hospital, and in no resource that is written.',
};

/** How a kind comes back that is not what a resource tells of what happened. */
export const toldByStatus: Partial<Record<EventType, string>> = {
  correction: 'Where the Provenance of what an event made says UPDATE and names another report: it restates the event.',
  void: 'Where everything that an event made says of itself that it was entered in error.',
};

/** Fields and facts that do not come back, each with the reason. */
export const lost: readonly { readonly field: string; readonly reason: string }[] = [
  { field: '*.source.sequence', reason: 'It is not written; reports of one instant come in the order of their kinds.' },
  { field: '*.timeZone', reason: 'Only the offset at the time is written.' },
  { field: '*.extra', reason: 'The fields of a sender stay in the ledger.' },
  { field: '*.schemaVersion', reason: 'Events are written in the present version.' },
  {
    field: '*.recordedAt',
    reason: 'Where no Observation tells it, Provenance has the time of recording or, for want of one, of receipt.',
  },
  { field: '*.program.drug', reason: 'Only baclofen is allowed, and every resource says it.' },
  { field: '*.fill.drug', reason: 'Only baclofen is allowed, and every resource says it.' },
  { field: 'baseline.birthDate', reason: 'It belongs to the Patient of the hospital.' },
  { field: 'baseline.sex', reason: 'It belongs to the Patient of the hospital.' },
  {
    field: 'baseline.diagnosis',
    reason: 'A diagnosis that is not in the ConceptMap stays in words, without its code.',
  },
  { field: 'baseline', reason: 'One that states birth date, sex or nothing else makes no resource.' },
  { field: 'assessment.unit', reason: 'The resource says the unit of the scale.' },
  { field: 'alarm.code', reason: 'A source’s own word comes back as the code that it was read as.' },
  { field: 'alarm', reason: 'An alarm that several reports told is one Observation, of the first of them.' },
  { field: 'interrogation.deviceClockAt', reason: 'It comes back as that of the session.' },
  {
    field: '*.program',
    reason: 'Whether a programme that ran on was stated once more is not written; it is taken as stated.',
  },
  {
    field: '*.program.concentrationUgPerMl',
    reason: 'Of a programme that rests, beside a fill of another concentration, nothing tells it.',
  },
  { field: 'interrogation.program', reason: 'One that was read while the pump stalled runs nowhere and is not told.' },
  { field: 'bolus', reason: 'A bridge on its own that had no effect made nothing that tells its volume.' },
  { field: '*.pump', reason: 'Which report stated which part of a label is not written: each states the whole label.' },
  { field: 'bolus.bolus.durationMinutes', reason: 'Of a bolus that is dated to the day its end is no better known.' },
  { field: '*.clinical.pump', reason: 'A pump that is named beside the catheter concerned is not written.' },
  { field: '*', reason: 'A report that was held back made no resource.' },
  { field: '*', reason: 'What another source told of the same session is one with the report that came first.' },
  { field: '*', reason: 'An event that a correction moved to another patient begins anew at whoever reads it.' },
  { field: 'correction', reason: 'What was said before the correction is not written, nor corrections between.' },
  { field: 'void', reason: 'Who withdrew an event, when and why is not written.' },
];

/** What is made from what other resources tell: by itself it is no report. */
export const derived: Partial<Record<Meaning, string>> = {
  condition: 'It is made from a complication or a baseline.',
  flag: 'It is made from the implantation of a pump.',
  allergy: 'It is made from a baseline or a care plan.',
  deviceUse: 'It is made from the implantation of a device.',
  volumeDiscrepancy: 'It is calculated from a refill.',
  bolusCount: 'The panel of the session tells it.',
  pumpSummary: 'It is calculated from the therapy.',
  refillTask: 'It is calculated from the therapy.',
  pump: 'A device tells no event by itself.',
  catheter: 'A device tells no event by itself.',
  medication: 'A Medication tells no event without its fill.',
};
