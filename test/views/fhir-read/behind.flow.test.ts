import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Observation } from '@medplum/fhirtypes';
import express from 'express';
import { describe, expect, test } from 'vitest';
import { parseScopes } from '../../../src/auth/scopes.ts';
import { readModel } from '../../../src/readers/reading.ts';
import { fhirReadRoutes } from '../../../src/views/fhir-read/routes.ts';
import type { Reading } from '../../../src/views/read-model/reading.ts';
import { startTestService, storyText } from '../../http/test-service.ts';
import { type Body, storyNow } from './fhir-service.ts';

/** The routes on the real store, with a read model that never gets to the end of what was reported. */
async function alwaysBehind(behind: number, ask: (base: string, patient: string) => Promise<void>): Promise<void> {
  const { app, post, close } = await startTestService({}, storyNow);
  const { body } = await post(await storyText('flex-and-kinked-catheter'), 'application/x-ndjson');
  const patient = body.events[0]?.patient as string;
  const reading: Reading = { ...readModel(app), catchUp: async () => ({ behind }) };
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const routes = fhirReadRoutes({
    ...{ tenant: 'default', base, reading, db: app.store.db, pageKey: app.config.deploymentKey, now: app.now },
    check: async (scope = '') => ({
      ...{ issuer: 'https://ehr.test', tenant: 'default', subject: 'nurse', environment: 'test', userReach: 'patient' },
      ...{ scopes: parseScopes(scope).scopes, patient },
    }),
    record: app.access.record,
    smartConfiguration: async () => undefined,
    statement: { softwareVersion: '0', date: storyNow },
    pumpStatus: async () => ({ status: 200, body: { resourceType: 'Bundle', type: 'collection' } }),
    allowOrigins: [],
  });
  server.on('request', express().use(routes));
  await ask(base, patient);
  server.closeAllConnections();
  server.close();
  await close();
}

const bodyOf = async (url: string, scope: string) =>
  (await (await fetch(url, { headers: { authorization: scope } })).json()) as Body;

const noticesOf = ({ entry = [] }: Body) =>
  entry.filter(({ search }) => search?.mode === 'outcome').map(({ resource }) => resource);

describe('while the read model is behind', () => {
  test('a search across patients says how many are not told as last reported', async () => {
    await alwaysBehind(3, async (base) => {
      expect(noticesOf(await bodyOf(`${base}/Observation`, 'system/*.rs'))).toEqual([
        {
          resourceType: 'OperationOutcome',
          issue: [
            {
              ...{ severity: 'information', code: 'incomplete' },
              diagnostics: 'What was reported last about 3 patients is not in this answer yet. Ask again in a moment.',
            },
          ],
        },
      ]);
    });
  });

  test('nothing is said where all is told', async () => {
    await alwaysBehind(0, async (base) => {
      expect(noticesOf(await bodyOf(`${base}/Observation`, 'system/*.rs'))).toEqual([]);
    });
  });

  test.each([
    ['a scope', 'patient/*.rs', () => 'Observation'],
    ['a patient', 'system/*.rs', (patient: string) => `Observation?patient=${patient}`],
    ['a subject', 'system/*.rs', (patient: string) => `Observation?subject=Patient/${patient}`],
    ['a subject with its type', 'system/*.rs', (patient: string) => `Observation?subject:Patient=${patient}`],
  ])('a search confined by %s is answered in full', async (_what, scope, path) => {
    await alwaysBehind(3, async (base, patient) => {
      const body = await bodyOf(`${base}/${path(patient)}`, scope);
      expect([body.total, noticesOf(body)]).toEqual([22, []]);
      const [first] = (body.entry ?? []).map(({ resource }) => resource as Observation);
      expect(first?.subject?.reference).toBe(`Patient/${patient}`);
    });
  });

  test('so is a Patient who is asked for by id', async () => {
    await alwaysBehind(3, async (base, patient) => {
      const body = await bodyOf(`${base}/Patient?_id=${patient}`, 'system/*.rs');
      expect([body.total, noticesOf(body)]).toEqual([1, []]);
      expect((await bodyOf(`${base}/Patient/${patient}`, 'system/*.rs')).id).toBe(patient);
    });
  });
});
