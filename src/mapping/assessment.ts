import type { Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { conceptMap, mapSource } from '../fhir/codes.ts';
import type { Scale } from '../fhir/scales.ts';
import { itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built, Remark } from './built.ts';
import { namedDevices } from './concerned.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, measured, refer } from './element.ts';
import { beside, category, heldBack, observed, unknownValue, type Value } from './observed.ts';
import { type Score, scoreOn } from './score.ts';
import { sourceWord } from './source-word.ts';

type Assessment = ClinicalEventOf<'assessment'>;

/** One Observation for each score. What is not on its scale is held: an average over it would mean nothing. */
export function assessments(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.entries.filter(isAssessment).flatMap((entry): Built[] => {
    const scale = scaleOf(entry.event.scale, context);
    if (!scale) return [heldBack(entry, 'code-unmapped', 'the scale is not in the ConceptMap', 'scale')];
    const result = resultOf(entry, scale, context);
    if ('problem' in result) return [result];
    const devices = namedDevices(therapy, entry, context);
    const resource = assessment(entry, scale, { ...result, devices }, context);
    const identity = eventIdentity(context, entry, 'assessment');
    const made: Built = { identity, resource, entry, optional: devices };
    const isMissing = result.value === undefined && result.component.length === 0;
    return isMissing ? [made, beside(entry, 'score-missing', 'the assessment states no score', 'value')] : [made];
  });
}

/** Sources write scales in their own words: the ConceptMap says which are known. */
function scaleOf(stated: string, { codes }: MappingContext): Scale | undefined {
  const code = codes.translate(conceptMap.sourceScale, mapSource.scale, sourceWord(stated))?.code;
  return code ? codes.scale(code) : undefined;
}

interface Result {
  readonly value: Value | undefined;
  readonly component: readonly ObservationComponent[];
}

function resultOf(entry: Entry<Assessment>, scale: Scale, context: MappingContext): Result | Remark {
  const { value, unit, parts = [] } = entry.event;
  const score = value === undefined ? undefined : scoreOn(scale.value, value, unit);
  if (value !== undefined && !score) return notOnScale(entry, 'value');
  const component: ObservationComponent[] = [];
  for (const [n, stated] of parts.entries()) {
    const word = stated.part.toLowerCase();
    const part = scale.parts.find(({ written }) => written.some((each) => each.toLowerCase() === word));
    if (!part) return heldBack(entry, 'code-unmapped', 'the scale has no such part', `parts[${n}].part`);
    const found = scoreOn(part.value, stated.value, stated.unit);
    if (!found) return notOnScale(entry, `parts[${n}].value`);
    component.push({ code: concept(context, itb.assessmentPart, part.code), ...asValue(found, context) });
  }
  return { value: score && asValue(score, context), component };
}

function notOnScale(entry: Entry, field: string): Remark {
  return heldBack(entry, 'value-not-on-scale', 'the value or its unit is not on the scale', field);
}

function asValue(score: Score, context: MappingContext): Value {
  return score.kind === 'number'
    ? { valueQuantity: measured(score.value, score.unit) }
    : { valueCodeableConcept: concept(context, itb.assessmentGrade, score.code) };
}

function assessment(
  entry: Entry<Assessment>,
  { code }: Scale,
  { value, component, devices }: Result & { readonly devices: readonly string[] },
  context: MappingContext,
): Observation {
  const site = siteOf(entry.event);
  return {
    ...observed(context, profile.assessment, entry, 'assessment'),
    ...category(context, 'survey'),
    code: concept(context, itb.assessmentScale, code),
    ...(devices.length > 0 && { focus: devices.map(refer) }),
    ...(value ?? (component.length === 0 && unknownValue(context))),
    ...(site && { bodySite: { text: site } }),
    ...(component.length > 0 && { component: [...component] }),
  };
}

function siteOf({ site, side }: Assessment): string {
  return [site, side && sideInWords[side]].filter((word) => word !== undefined).join(', ');
}

const sideInWords = { left: 'left', right: 'right', both: 'both sides' } as const;

const isAssessment = (entry: Entry): entry is Entry<Assessment> => entry.event.type === 'assessment';
