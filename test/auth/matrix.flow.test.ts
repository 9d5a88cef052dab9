import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerTo, comparable, faultsOf, type MatrixAnswer } from './matrix-answers.ts';
import { callers, type MatrixCaller } from './matrix-callers.ts';
import { type Hospitals, startHospitals } from './matrix-hospitals.ts';
import { expected, isNoSecret, maySearchSomeOf } from './matrix-oracle.ts';
import { type MatrixRequest, requestsOf } from './matrix-requests.ts';

/**
 * Who may see what, in every combination: each caller (kind of issuer × scope) asks each question about each patient.
 * What must be answered says an oracle of its own; what may not be seen is answered as what does not exist.
 */
let hospitals: Hospitals;
let asked = 0;

beforeAll(async () => {
  hospitals = await startHospitals();
});
afterAll(() => hospitals.close());

describe.each(callers)('$what', (caller) => {
  test('sees what the scopes give, and of the rest not even that it exists', async () => {
    expect(await faultsOfAll(caller)).toEqual([]);
  });
});

test('these are enough cases to mean something', () => {
  expect(asked).toBeGreaterThan(3_000);
});

async function faultsOfAll(caller: MatrixCaller): Promise<string[]> {
  const { patients, site } = hospitals;
  const token = await caller.token(hospitals);
  const answers = new Map<MatrixRequest, MatrixAnswer>();
  for (const request of requestsOf(patients, caller.naming)) {
    answers.set(request, await answerTo(hospitals, `${site.url}/t/north${request.path}`, token, request.form));
    asked++;
  }
  const faults = [...answers].flatMap(([request, answer]) => faultsOf(caller, request, answer, patients));
  return [...faults, ...differences(caller, answers)];
}

/** Where what is there, and not for this caller, is answered otherwise than what is not there. */
function differences(caller: MatrixCaller, answers: ReadonlyMap<MatrixRequest, MatrixAnswer>): string[] {
  return [...answers].flatMap(([request, answer]) => {
    const { kind, type, target } = request;
    const { patients } = hospitals;
    if (target === 'nobody' || isNoSecret(caller, request, patients)) return [];
    if (expected(caller, request, patients).ids.length > 0) return [];
    const twin = [...answers].find(([one]) => one.kind === kind && one.type === type && one.target === 'nobody');
    if (!twin) return [`${kind} ${type}: nobody is asked about`];
    const [mine, nobodys] = [comparable(answer, request), comparable(twin[1], twin[0])];
    const parts: readonly (keyof MatrixAnswer)[] = ['status', 'headers', 'text'];
    const compared = maySearchSomeOf(caller, request) ? parts : [...parts, 'queries' as const];
    const differing = compared.filter((part) => mine[part] !== nobodys[part]);
    const cut = (part: keyof MatrixAnswer, { [part]: value }: MatrixAnswer) => String(value).slice(0, 80);
    return differing.map(
      (part) => `${kind} ${type} of ${target}: ${part} ${cut(part, mine)} in place of ${cut(part, nobodys)}`,
    );
  });
}
