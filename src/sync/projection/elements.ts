import type { CodeableConcept, Resource, ResourceType } from '@medplum/fhirtypes';
import type { ResourceCapability } from '../capability.ts';

/** Whether a list of elements names this one; a choice stands there as `value[x]`, `value` or `valueQuantity`. */
export function isTaken(element: string, elements: readonly string[]): boolean {
  return elements.some((taken) => {
    const stem = taken.replace(/\[x\]$/, '');
    if (element === stem) return true;
    return element.startsWith(stem) && /^[A-Z]/.test(element.slice(stem.length)) && isChoice(taken);
  });
}

/** Without the elements that the server does not take. */
export function withElements<R extends Resource>(resource: R, elements: readonly string[] | undefined): R {
  if (!elements) return resource;
  const kept = Object.entries(resource).filter(([key]) => key === 'resourceType' || isTaken(key, elements));
  return Object.fromEntries(kept) as R;
}

/** Why this resource would no longer mean what it does, in a sentence; undefined: it would. */
export function unfitReason(resource: Resource, adapted: Resource, capability: ResourceCapability): string | undefined {
  const meaningful = meaningOf[resource.resourceType] ?? meaningOfAny;
  const lost = Object.keys(resource).find((key) => isTaken(key, meaningful) && !(key in adapted));
  if (lost) return `the server does not take \`${lost}\`, which it needs to be understood`;
  const { category } = adapted as { category?: readonly CodeableConcept[] };
  if (resource.resourceType === 'Observation' && !isOfCategory(category, capability.categories)) {
    return 'the server takes no Observation of its category';
  }
  return isCoded(resource) && !isCoded(adapted) ? 'the server takes none of its codes' : undefined;
}

const isCoded = (resource: Resource): boolean => (resource as { code?: CodeableConcept }).code?.coding !== undefined;

/** Elements without which a resource misleads: a score without its limb, a dose without its time. */
const meaningOfAny = ['status', 'code', 'subject', 'patient', 'medication[x]', 'dosage', 'effective[x]'];
const meaningOf: Readonly<Partial<Record<ResourceType, readonly string[]>>> = {
  Observation: [
    'status',
    'code',
    'subject',
    'value[x]',
    'dataAbsentReason',
    'component',
    'effective[x]',
    'bodySite',
    'method',
  ],
  Procedure: ['status', 'code', 'subject', 'performed[x]'],
};

const choices = new Set(['value', 'effective', 'performed', 'medication', 'onset', 'abatement', 'occurred']);

const isChoice = (taken: string): boolean => taken.endsWith('[x]') || choices.has(taken);

function isOfCategory(category: readonly CodeableConcept[] = [], taken: readonly string[] | undefined): boolean {
  if (!taken) return true;
  const codings = category.flatMap(({ coding = [] }) => coding);
  return codings.some(({ system, code }) => taken.includes(`${system ?? ''}|${code ?? ''}`));
}
