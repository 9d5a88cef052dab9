import type { Principal } from '../../auth/bearer.ts';
import { type Reach, reachOf } from '../../auth/reach.ts';
import type { Reader, ReadPatient } from '../read-model/reading.ts';

/** Who asks: what they reach, and what they call the patient of their launch. */
export interface Caller {
  readonly principal: Principal;
  readonly reader: Reader;
  /** The patient of the launch. */
  readonly patient?: ReadPatient | undefined;
  readonly reachOf: (type: string, interaction: 'read' | 'search') => Reach;
  /** Our keyed id of a patient whom the caller names. */
  readonly ours: (patientId: string) => string;
  /** The text of an answer in the caller's words. */
  readonly theirs: (text: string) => string;
}

/** A token may name its patient by the id of another server: such a caller is understood and answered by that name. */
export function callerOf(principal: Principal, reader: Reader): Caller {
  const { patient: id, patientThere: name } = principal;
  const isRenamed = id !== undefined && name !== undefined;
  return {
    ...{ principal, reader },
    ...(id !== undefined && { patient: { ...reader, patientId: id } }),
    reachOf: (type, interaction) => reachOf(principal, type, interaction),
    ours: (patientId) => (isRenamed && patientId === name ? id : patientId),
    // The keyed id is a UUID: it stands nowhere but where the patient is meant.
    theirs: (text) => (isRenamed ? text.replaceAll(id, name) : text),
  };
}
