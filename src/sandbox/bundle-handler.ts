import { allOk, isOk, OperationOutcomeError } from '@medplum/core';
import { type FhirRouteHandler, processBatch } from '@medplum/fhir-router';
import type { Bundle, BundleEntry, OperationOutcome } from '@medplum/fhirtypes';
import { refuse } from './refusal.ts';

/**
 * Batches and transactions. The router's own transactions refuse more than eight entries once one is conditional, so
 * every bundle is run entry by entry; a transaction of which an entry failed is then undone as a whole.
 */
export function bundleHandler(atomicTransactions: 'yes' | 'batch'): FhirRouteHandler {
  return async (request, repository, router, options) => {
    if (options?.batch) refuse('bad-request', 'not-supported', 'A bundle inside a bundle is not supported');
    const bundle = request.body as Bundle;
    if (bundle?.resourceType !== 'Bundle') refuse('bad-request', 'structure', 'The body is not a Bundle');
    const run = () => processBatch(request, repository, router, bundle);
    if (bundle.type !== 'transaction' || atomicTransactions === 'batch') return [allOk, await run()];
    const runWhole = async () => {
      const answer = await run();
      requireAllOk(answer);
      requireDistinct(answer, bundle);
      return answer;
    };
    return [allOk, await repository.withTransaction(runWhole, { resourceTypes: [] })];
  };
}

function requireAllOk(answer: Bundle): void {
  answer.entry?.forEach(({ response }, position) => {
    const outcome = response?.outcome as OperationOutcome | undefined;
    if (outcome && !isOk(outcome)) throw new OperationOutcomeError(atEntry(outcome, position));
  });
}

const atEntry = (outcome: OperationOutcome, position: number): OperationOutcome => ({
  ...outcome,
  issue: outcome.issue.map((issue) => ({
    ...issue,
    expression: [`Bundle.entry[${position}]`, ...(issue.expression ?? [])],
  })),
});

/** R4 "transaction": if resource identities overlap, the transaction fails. */
function requireDistinct(answer: Bundle, bundle: Bundle): void {
  const written = (bundle.entry ?? []).flatMap(({ request }, position) =>
    request?.method === 'GET' ? [] : (addressOf(answer.entry?.[position]) ?? request?.url ?? []),
  );
  if (new Set(written).size < written.length) {
    refuse('bad-request', 'invalid', 'Two entries of the transaction write the same resource');
  }
}

const addressOf = (entry: BundleEntry | undefined) =>
  entry?.resource && `${entry.resource.resourceType}/${entry.resource.id}`;
