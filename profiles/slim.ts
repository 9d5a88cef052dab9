import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';

/** What a validator or a reader of a snapshot needs; prose and mappings to other standards stay with HL7. */
const keptOfElement = new Set<string>([
  'id',
  'path',
  'sliceName',
  'slicing',
  'short',
  'min',
  'max',
  'base',
  'contentReference',
  'type',
  'constraint',
  'mustSupport',
  'isModifier',
  'isSummary',
  'binding',
]);

const droppedOfDefinition = new Set<string>([
  'text',
  'extension',
  'contact',
  'mapping',
  'differential',
  'meta',
  'date',
]);

/** A definition with its snapshot reduced to what is checked. Our own profiles keep their differential. */
export function slimDefinition(definition: StructureDefinition): StructureDefinition {
  const slim = pick(definition, (key) => key === 'differential' || !droppedOfDefinition.has(key));
  return { ...slim, snapshot: { element: elementsOf(definition).map(slimElement) } };
}

/** As `slimDefinition`, also without differential and short texts: for the definitions that are not ours. */
export function slimmestDefinition(definition: StructureDefinition): StructureDefinition {
  const slim = pick(definition, (key) => !droppedOfDefinition.has(key) && key !== 'description');
  const element = elementsOf(definition)
    .map(slimElement)
    .map(({ short: _, ...rest }) => rest as ElementDefinition);
  return { ...slim, snapshot: { element } };
}

function elementsOf(definition: StructureDefinition): ElementDefinition[] {
  return definition.snapshot?.element ?? [];
}

function slimElement(element: ElementDefinition): ElementDefinition {
  const slim = pick(element, (key) => keptOfElement.has(key) || key.startsWith('fixed') || key.startsWith('pattern'));
  if (slim.constraint) {
    // `ele-1` holds of everything that is not empty, which the structure check covers; xpath is for XML.
    const constraint = slim.constraint
      .filter((rule) => rule.key !== 'ele-1')
      .map((rule) => pick(rule, (key) => key !== 'xpath' && key !== 'source' && key !== 'extension'));
    if (constraint.length > 0) slim.constraint = constraint;
    else delete slim.constraint;
  }
  if (slim.binding) slim.binding = pick(slim.binding, (key) => key === 'strength' || key === 'valueSet');
  return slim;
}

function pick<T extends object>(from: T, keep: (key: string) => boolean): T {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keep(key))) as T;
}
