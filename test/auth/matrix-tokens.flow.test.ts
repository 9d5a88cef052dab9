import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerTo, leaks, type MatrixAnswer } from './matrix-answers.ts';
import { backEndToken, exchangedToken, signedToken } from './matrix-callers.ts';
import { type Hospitals, startHospitals } from './matrix-hospitals.ts';
import { requestsOf } from './matrix-requests.ts';
import { type SpoiledToken, spoiledTokens } from './matrix-spoiled.ts';

let hospitals: Hospitals;
let asked = 0;

beforeAll(async () => {
  hospitals = await startHospitals();
});
afterAll(() => hospitals.close());

const nobody = { gives: [], isLaunched: false, userReach: 'patient' } as const;

describe.each(spoiledTokens)('a token: $what', (spoiled) => {
  test('opens nothing, and learns nothing: each answer is the same', async () => {
    const { answers, leaked } = await answersTo(spoiled);
    expect(leaked).toEqual([]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    const challenges = answers.map(({ headers }) => /"www-authenticate","(.*?[^\\])"\]/.exec(headers)?.[1]);
    expect(new Set(challenges)).toEqual(new Set([challengeTo(spoiled)]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map(({ queries }) => queries))).toEqual(new Set([0]));
  });
});

test('these are enough cases to mean something', () => {
  expect(asked).toBeGreaterThan(500);
});

describe('a page link of somebody else', () => {
  test.each<[string, (all: Hospitals) => Promise<string>]>([
    ['a patient', (all) => signedToken(all, { scope: 'patient/*.rs', patient: all.patients.own.id })],
    ['a patient of an exchanged launch', (all) => exchangedToken(all, 'patient/*.rs')],
    ['another application for everybody', (all) => signedToken(all, { scope: 'system/*.rs', client_id: 'another' })],
    ['another user of everybody', (all) => signedToken(all, { scope: 'system/*.rs', sub: 'another' })],
  ])('is of no use to %s', async (_what, tokenOf) => {
    const { site, patients } = hospitals;
    const owner = await backEndToken(hospitals, 'system/*.rs');
    const first = await answerTo(
      hospitals,
      `${site.url}/t/north/fhir/Observation?patient=${patients.other.id}&_count=1`,
      owner,
    );
    const next = nextLink(first);
    const token = await tokenOf(hospitals);
    const answer = await answerTo(hospitals, next, token);
    const broken = await answerTo(hospitals, `${next.slice(0, -8)}AAAAAAAA`, token);
    expect(answer.status).toBe(410);
    expect(answer).toEqual(broken);
    expect(leaks({ ...nobody, isLaunched: true }, { wrote: [] }, answer, patients)).toEqual([]);
    expect((await answerTo(hospitals, next, owner)).status).toBe(200);
  });

  test('of $everything opens no other patient', async () => {
    const { site, patients } = hospitals;
    const owner = await backEndToken(hospitals, 'system/*.rs');
    const url = `${site.url}/t/north/fhir/Patient/${patients.other.id}/$everything?_count=2`;
    const next = nextLink(await answerTo(hospitals, url, owner));
    const launched = await signedToken(hospitals, { scope: 'patient/*.rs', patient: patients.own.id });
    const answer = await answerTo(hospitals, next, launched);
    const unknown = await answerTo(hospitals, next.replaceAll(patients.other.id, crypto.randomUUID()), launched);
    expect(answer.status).toBe(404);
    expect(answer).toEqual(unknown);
    expect(leaks({ ...nobody, isLaunched: true }, { wrote: [] }, answer, patients)).toEqual([]);
  });
});

describe('a good token', () => {
  test('is no token at the other hospital', async () => {
    const { site, patients } = hospitals;
    const token = await signedToken(hospitals, { scope: 'system/*.rs' });
    for (const path of [`/fhir/Patient/${patients.foreign.id}`, '/fhir/Device', `/status/${patients.foreign.id}`]) {
      const answer = await answerTo(hospitals, `${site.url}/t/south${path}`, token);
      expect([answer.status, answer.queries]).toEqual([401, 0]);
      expect(leaks(nobody, { wrote: [patients.foreign.id] }, answer, patients)).toEqual([]);
    }
  });

  test('for everybody opens neither the live patients of a test issuer nor those of the other hospital', async () => {
    const { site, patients } = hospitals;
    const token = await signedToken(hospitals, { scope: 'system/*.rs' });
    for (const type of ['Patient', 'Device', 'Observation', 'Provenance', 'Procedure', 'MedicationAdministration']) {
      const answer = await answerTo(hospitals, `${site.url}/t/north/fhir/${type}?_count=500`, token);
      expect(answer.status).toBe(200);
      expect(
        leaks({ ...nobody, gives: [{ level: 'system', on: '*', can: 'rs' }] }, { wrote: [] }, answer, patients),
      ).toEqual([]);
    }
  });
});

async function answersTo(spoiled: SpoiledToken): Promise<{ answers: MatrixAnswer[]; leaked: string[] }> {
  const { patients, site } = hospitals;
  const requests = requestsOf(patients, 'ours').filter(({ target }) => ['own', 'other', 'nobody'].includes(target));
  const token = await spoiled.token(hospitals);
  const answers: MatrixAnswer[] = [];
  const leaked: string[] = [];
  for (const request of requests) {
    const answer = await answerTo(hospitals, `${site.url}/t/north${request.path}`, token, request.form);
    answers.push(answer);
    leaked.push(...leaks(nobody, request, answer, patients));
    asked++;
  }
  return { answers, leaked };
}

function challengeTo({ what, isExpired }: SpoiledToken): string {
  if (what === 'none') return String.raw`Bearer realm=\"fhir\"`;
  const description = isExpired ? 'The access token has expired.' : 'The access token is not valid.';
  return String.raw`Bearer realm=\"fhir\", error=\"invalid_token\", error_description=\"${description}\"`;
}

function nextLink({ text }: MatrixAnswer): string {
  const { link = [] } = JSON.parse(text) as { link?: { relation: string; url: string }[] };
  return link.find(({ relation }) => relation === 'next')?.url ?? '';
}
