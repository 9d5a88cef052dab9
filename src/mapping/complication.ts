import type { CodeableConcept, Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { external, itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import { whenOf } from '../therapy/when.ts';
import type { Built } from './built.ts';
import { complicationCode, consequence, symptom } from './complication-code.ts';
import { concernedCatheter, concernedPump, namesUnknownPump } from './concerned.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, dateTime, refer } from './element.ts';
import { beside, heldBack, inBoolean, observed, type Value } from './observed.ts';

type Complication = ClinicalEventOf<'complication'>;

/** One Observation for each complication. `focus` is the part concerned: `device` would mean what observed it. */
export function complications(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.complications.flatMap((entry): Built[] => {
    const code = complicationCode(entry.event.code, context)?.code;
    if (!code) return [heldBack(entry, 'code-unmapped', 'the complication code is not known', 'code')];
    const focus = focusOf(therapy, entry, context);
    const resource = complication(entry, code, focus, context);
    return [
      {
        identity: eventIdentity(context, entry, 'complication'),
        resource,
        entry,
        optional: focus === undefined ? [] : [focus],
      },
      ...remarks(therapy, entry, context),
    ];
  });
}

function complication(
  entry: Entry<Complication>,
  code: string,
  focus: string | undefined,
  context: MappingContext,
): Observation {
  const component = components(entry, context);
  return {
    ...observed(context, profile.complication, entry, 'complication'),
    code: concept(context, itb.observation, 'complication'),
    ...(focus && { focus: [refer(focus)] }),
    valueCodeableConcept: concept(context, itb.complication, code),
    ...(component.length > 0 && { component }),
  };
}

/** The part that the report says is concerned, where this patient has it; else the pump that it names. */
function focusOf(therapy: Timeline, entry: Entry<Complication>, context: MappingContext): string | undefined {
  const { relatedTo, catheter, pump } = entry.event;
  const part = relatedTo === 'catheter' || catheter ? concernedCatheter(therapy, entry, context) : undefined;
  if (part || !(pump || relatedTo === 'pump')) return part;
  return concernedPump(therapy, entry, context);
}

function components(entry: Entry<Complication>, context: MappingContext): ObservationComponent[] {
  const { event, when } = entry;
  const all: [string, Value | undefined][] = [
    ['severity', coded(event.severity && concept(context, external.adverseEventSeverity, event.severity))],
    ['cause', coded(event.cause ? { text: event.cause } : undefined)],
    ...(event.symptoms ?? []).map((words): [string, Value | undefined] => ['symptom', coded(symptom(words, context))]),
    ['related-to', coded(event.relatedTo && concept(context, itb.relatedTo, event.relatedTo))],
    ...(event.consequences ?? []).map((words): [string, Value | undefined] => [
      'consequence',
      coded(consequence(words, context)),
    ]),
    ['action', coded(event.action ? { text: event.action } : undefined)],
    ['seriousness', coded(seriousness(event, context))],
    ['expected', inBoolean(event.expected)],
    ['confirmed', inBoolean(event.confirmed)],
    ['outcome', coded(event.outcome && concept(context, external.adverseEventOutcome, event.outcome))],
    ['resolved', event.resolvedAt ? { valueDateTime: dateTime(whenOf(event.resolvedAt, when.zone)) } : undefined],
  ];
  return all.flatMap(([code, value]) =>
    value ? [{ code: concept(context, itb.observation, `complication-${code}`), ...value }] : [],
  );
}

export function seriousness({ serious }: Complication, context: MappingContext): CodeableConcept | undefined {
  if (serious === undefined) return undefined;
  return concept(context, external.adverseEventSeriousness, serious ? 'Serious' : 'Non-serious');
}

const coded = (value: CodeableConcept | undefined): Value | undefined => value && { valueCodeableConcept: value };

function remarks(therapy: Timeline, entry: Entry<Complication>, context: MappingContext): Built[] {
  const unknown = (entry.event.consequences ?? []).flatMap((words, n): Built[] =>
    consequence(words, context).coding
      ? []
      : [beside(entry, 'code-unmapped', 'the consequence is not known and stays in words', `consequences[${n}]`)],
  );
  if (!namesUnknownPump(therapy, entry)) return unknown;
  return [...unknown, beside(entry, 'pump-unknown', 'no other report names the pump of this complication', 'pump')];
}
