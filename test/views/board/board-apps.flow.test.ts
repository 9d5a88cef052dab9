import type { Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IssuerKey, startTokenIssuer, type TokenIssuer } from '../../auth/token-issuer.ts';
import { type BoardService, startBoardService } from './board-service.ts';
import { type Listed, numbers, tellClinic } from './listing.ts';

let issuer: TokenIssuer;
let key: IssuerKey;
let service: BoardService;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  key = await issuer.newKey('ES384');
  issuer.publish(key);
  const trusted = { issuer: issuer.issuer, jwksUri: issuer.jwksUri, environment: 'test' } as const;
  service = await startBoardService({ issuers: [{ ...trusted, audience: 'https://pumps.test/fhir' }] });
  await tellClinic(service);
});
afterAll(async () => {
  await service.close();
  await issuer.close();
});

/** An app's answer; `changed`: claims that differ from those of a registry's back end. */
async function asked(path: string, scope: string, changed: object = {}) {
  const now = Math.floor(service.app.now().epochMilliseconds / 1000);
  const claims = { iss: issuer.issuer, sub: 'registry', client_id: 'registry', aud: 'https://pumps.test/fhir', scope };
  const token = await issuer.sign(key, { ...claims, jti: 'token-1', iat: now, exp: now + 300, ...changed });
  return fetch(service.url + path, { headers: { authorization: `Bearer ${token}`, accept: 'application/json' } });
}

const everything = 'system/Task.rs system/Patient.rs';

describe('an app with a token', () => {
  it('gets the board of its clinic as JSON and as FHIR', async () => {
    const json = (await (await asked('/board.json?sort=alarm', everything)).json()) as Listed;
    expect(numbers(json)).toEqual(['LATE', 'PAST', 'SOON', 'STABLE', 'UNKNOWN']);
    const bundle = (await (await asked('/board.fhir', 'system/*.s')).json()) as Bundle<Task>;
    expect(bundle.entry?.map(({ resource }) => resource?.for?.identifier?.value)).toEqual(numbers(json));
  });

  it('is written down as its token says', async () => {
    await asked('/board.fhir?state=unknown', everything);
    const { actor, detail } = await service.app.store.db
      .selectFrom('audit')
      .select(['actor', 'detail'])
      .where('action', '=', 'access')
      .orderBy('seq', 'desc')
      .executeTakeFirstOrThrow();
    expect(actor).toBe('registry');
    expect(JSON.parse(detail)).toMatchObject({
      ...{ operation: 'board', query: 'state=unknown', clientId: 'registry', tokenId: 'token-1', environment: 'test' },
    });
  });

  it.each([
    ['no Task', 'system/Patient.rs'],
    ['no Patient', 'system/Task.rs'],
    ['reading only', 'system/Task.r system/Patient.r'],
    ['a part of the tasks', 'system/Task.rs?status=requested system/Patient.rs'],
    ['one user’s patients', 'user/Task.rs user/Patient.rs'],
    ['one patient', 'patient/Task.rs patient/Patient.rs'],
  ])('does not with %s', async (_what, scope) => {
    const answer = await asked('/board.json', scope, { patient: 'p' });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(((await answer.json()) as OperationOutcome).issue[0]?.code).toBe('forbidden');
  });

  it('does not with a token that has expired, and gets no page and no spreadsheet at all', async () => {
    const past = Math.floor(service.app.now().epochMilliseconds / 1000) - 120;
    expect((await asked('/board.json', everything, { exp: past })).status).toBe(401);
    expect((await asked('/board.csv', everything)).status).toBe(401);
    expect((await asked('/board', everything)).status).toBe(401);
  });
});
