import type { Binary } from '@medplum/fhirtypes';
import { type Problem, problem } from '../event/problem.ts';
import { fieldOf } from './message/er7.ts';
import type { MessageSender } from './message/send.ts';
import { type Link, type Operation, resourceOf } from './plan.ts';
import type { RunMemory } from './run-memory.ts';
import type { Findings } from './run-result.ts';

/** What FHIR cannot take there: told to the interface engine, or written down for a human to enter. */

export type Engine = Pick<MessageSender, 'send'>;

/**
 * Sends messages one by one, each written down before and after. One of which nobody learned whether it arrived is sent
 * again by the next run: its control id (MSH-10) tells the engine that it is the same.
 */
export async function tellEngine(
  operations: readonly Operation[],
  engine: Engine | undefined,
  memory: RunMemory,
  findings: Findings,
  patientId: string,
): Promise<void> {
  if (operations.length > 0 && !engine) findings.parking.push(noEngine);
  for (const operation of engine ? operations : []) {
    const message = textOf(resourceOf(operation) as Binary);
    await memory.owned();
    await memory.announce([operation]);
    const answer = await (engine as Engine).send(message);
    if (answer.kind === 'accepted') {
      await memory.save([linkTo(operation, fieldOf(message, 'MSH', 10) ?? operation.identity, patientId)]);
      findings.written++;
    } else if (answer.kind === 'terminal') {
      findings.parking.push(answer.problem);
      // Refused is not there: nothing has to be withdrawn.
      if (operation.kind === 'create') await memory.forget([operation.identity]);
    } else findings.end(answer);
  }
}

/** What a human enters is in the list as soon as it is remembered. */
export async function keepWorklist(
  operations: readonly Operation[],
  memory: RunMemory,
  patientId: string,
): Promise<void> {
  await memory.save(operations.map((operation) => linkTo(operation, operation.identity, patientId)));
}

const noEngine: Problem = problem('capability-missing', 'there is no interface engine to tell it to');

const textOf = ({ data }: Binary): string => Buffer.from(data ?? '', 'base64').toString('utf8');

function linkTo(operation: Operation, serverId: string, patientId: string): Link {
  const content = resourceOf(operation);
  const { identity } = operation;
  return {
    identity,
    patientId,
    resourceType: content.resourceType,
    serverId,
    versionId: null,
    contentHash: operation.kind === 'void' ? null : operation.item.contentHash,
    state: operation.kind === 'void' ? 'voided' : 'live',
    content,
  };
}
