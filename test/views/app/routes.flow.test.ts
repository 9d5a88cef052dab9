import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appRoutes } from '../../../src/views/app/routes.ts';
import { type LocalServer, listen } from '../../auth/local-server.ts';

let server: LocalServer;

beforeAll(async () => {
  const launch = { name: 'Hospital', tenant: 'default', clientId: 'page', read: 'adapter' as const };
  const routes = appRoutes({
    settings: {
      launches: [{ ...launch, iss: 'https://ehr.test/fhir', connect: ['https://login.test'] }],
      frameAncestors: ['https://ehr.test'],
    },
    addressOf: () => ({ fhirBases: ['https://us.test/fhir'], path: '/' }),
  });
  server = await listen(express().use(routes));
});
afterAll(() => server.close());

const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, { headers, redirect: 'manual' });

describe('the routes of the page', () => {
  it('let nothing run but our own files, nothing be framed but by the EHR, nothing be kept or referred', async () => {
    const { headers } = await ask('/app/');
    expect(headers.get('content-security-policy')?.split(';').toSorted()).toEqual([
      "base-uri 'none'",
      "connect-src 'self' https://ehr.test https://login.test",
      "default-src 'none'",
      "form-action 'none'",
      'frame-ancestors https://ehr.test',
      "img-src 'self'",
      "require-trusted-types-for 'script'",
      "script-src 'self'",
      "style-src 'self'",
    ]);
    expect(
      ['referrer-policy', 'x-content-type-options', 'cache-control', 'x-frame-options'].map((name) =>
        headers.get(name),
      ),
    ).toEqual(['no-referrer', 'nosniff', 'no-store', null]);
  });

  it.each(['/app/', '/app/launch?iss=https%3A%2F%2Fehr.test%2Ffhir&launch=x', '/app/launch'])(
    'hold no script and no style within the text of %s',
    async (path) => {
      const text = await (await ask(path)).text();
      expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=/i);
    },
  );

  it.each([
    ['/app/launch?iss=https%3A%2F%2Fehr.test%2Ffhir&launch=x', 200],
    ['/app/launch?iss=https%3A%2F%2Fehr.test%2Ffhir%2F&launch=x', 200],
    ['/app/launch?iss=https%3A%2F%2Fevil.test%2Ffhir&launch=x', 403],
    ['/app/launch', 403],
    ['/app/launch?iss=https%3A%2F%2Fehr.test%2Ffhir&iss=https%3A%2F%2Fevil.test', 400],
    ['/app/launch?iss=https%3A%2F%2Fehr.test%2Ffhir&clientId=other', 400],
    ['/app/launch?fhirServiceUrl=https%3A%2F%2Fevil.test', 400],
    ['/app/?fhirServiceUrl=https%3A%2F%2Fevil.test', 400],
    ['/app/?code=c&state=s&iss=https%3A%2F%2Flogin.test', 200],
    ['/app/?error=access_denied&error_description=no', 200],
    ['/app/?patientId=1', 400],
    ['/app/nothing', 404],
  ])('answer %s with %i', async (path, status) => {
    expect((await ask(path)).status).toBe(status);
  });

  it('send a browser that leaves the slash away to the page', async () => {
    const { status, headers } = await ask('/app');
    expect([status, headers.get('location')]).toEqual([308, 'app/']);
  });

  it('tell the page which hospitals there are, and no more of them than it needs', async () => {
    expect(await (await ask('/app/configuration.json')).json()).toEqual({
      launches: [
        {
          ...{ iss: 'https://ehr.test/fhir', name: 'Hospital', clientId: 'page', reads: 'exchange', ours: '../' },
          scopes: expect.stringMatching(/^openid fhirUser patient\/Patient\.rs /),
        },
      ],
    });
  });

  it('serve modules without their types, for good, and zipped where the browser takes that', async () => {
    const home = await (await ask('/app/')).text();
    const [, path = ''] = /src="(assets\/[\w-]+\/home\.ts)"/.exec(home) ?? [];
    const plain = await ask(`/app/${path}`, { 'accept-encoding': 'identity' });
    const text = await plain.text();
    expect([plain.headers.get('content-type'), plain.headers.get('cache-control'), plain.headers.get('vary')]).toEqual([
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
      'Accept-Encoding',
    ]);
    expect(text).toContain("import { chooser } from './chooser.ts';");
    expect(text).not.toContain('import type');
    const zipped = await ask(`/app/${path}`, { 'accept-encoding': 'gzip' });
    expect([zipped.headers.get('content-encoding'), await zipped.text()]).toEqual(['gzip', text]);
  });

  it('serve nothing under the address of another version, and no template', async () => {
    const home = await (await ask('/app/')).text();
    const [, version = ''] = /assets\/([\w-]+)\/home\.ts/.exec(home) ?? [];
    const statuses = ['other/home.ts', `${version}/home.html`, `${version}/tsconfig.json`, `${version}/plot.js`].map(
      async (path) => (await ask(`/app/assets/${path}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([404, 404, 404, 200]);
  });
});
