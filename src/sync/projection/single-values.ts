import type { CodeableConcept, Observation } from '@medplum/fhirtypes';
import { derivedIdentity } from '../digest.ts';
import type { Wanted } from '../tailored.ts';

/** An Observation of several values and none of its own. */
export const isPanel = ({ resource }: Wanted): boolean =>
  resource.resourceType === 'Observation' && isPanelObservation(resource as Observation);

/**
 * A panel as one Observation for each value: of the same time, status, subject, device and place, each with an identity
 * of its own. What the event says in another Observation of the same code is not said twice.
 */
export function singleValues(panel: Wanted, wanted: readonly Wanted[], identifierSystem: string): Wanted[] {
  const said = new Set(
    wanted.filter(({ group }) => group === panel.group).flatMap(({ resource }) => ownCode(resource as Observation)),
  );
  const { component = [], note: _note, derivedFrom: _derived, ...common } = panel.resource as Observation;
  const single = component.filter(({ code }) => !said.has(keyOf(code)));
  return single.map((value, n) => {
    const { code } = value;
    const sameBefore = single.slice(0, n).filter((other) => keyOf(other.code) === keyOf(code)).length;
    const identity = derivedIdentity(panel.identity, keyOf(code), String(sameBefore));
    const [, ...ofSource] = common.identifier ?? [];
    const identifier = [{ system: identifierSystem, value: identity }, ...ofSource];
    return { ...panel, identity, resource: { ...common, identifier, ...value } };
  });
}

function isPanelObservation(observation: Observation): boolean {
  const hasOwn = Object.keys(observation).some((key) => key.startsWith('value') || key === 'dataAbsentReason');
  return !hasOwn && (observation.component?.length ?? 0) > 0;
}

const ownCode = (resource: Observation): string[] =>
  resource.resourceType === 'Observation' && !isPanelObservation(resource) ? [keyOf(resource.code)] : [];

/** Our own code stands first in what we write. */
function keyOf({ coding, text }: CodeableConcept): string {
  const [first] = coding ?? [];
  return first ? `${first.system ?? ''}|${first.code ?? ''}` : (text ?? '');
}
