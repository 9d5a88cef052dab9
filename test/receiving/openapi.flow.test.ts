import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { receiptSchema, takenSchema, waitingSchema } from '../../src/intake/receipt-schema.ts';
import { openApi } from '../../src/readers/openapi.ts';
import { intakeSection } from '../../src/readers/openapi-intake.ts';
import { refill } from '../http/sample-events.ts';
import { startTestService, type TestService } from '../http/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

interface Described {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, { $defs?: object }> };
}

interface Operation {
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Record<string, { schema: object }> };
  readonly responses: Record<string, { content: Record<string, { schema?: object }> }>;
}

const served = async () => (await (await fetch(`${service.url}/openapi.json`)).json()) as Described;

/** Every object is closed: what is answered beside what is described fails. */
const closed = (schema: z.ZodType) => {
  const { $schema, ...said } = z.toJSONSchema(schema, { io: 'input' });
  const shut = JSON.parse(JSON.stringify(said), (_key, value: unknown) =>
    value !== null && typeof value === 'object' && 'properties' in value
      ? { ...value, additionalProperties: false }
      : value,
  );
  return z.fromJSONSchema(shut);
};

describe('the description of intake', () => {
  test('lists its four routes, at the root whatever tenants there are', async () => {
    const { paths } = await served();
    const own = ['/events', '/events/csv', '/hl7v2', '/receipts/{receipt}'];
    expect(own.map((path) => Object.keys(paths[path] ?? {}))).toEqual([
      ['servers', 'post'],
      ['servers', 'post'],
      ['servers', 'post'],
      ['servers', 'get'],
    ]);
  });

  test('lists the media types that are taken, and each of them is', async () => {
    const { paths } = await served();
    for (const path of ['/events', '/events/csv', '/hl7v2']) {
      const types = Object.keys(paths[path]?.post?.requestBody?.content ?? {});
      expect(types.length).toBeGreaterThan(1);
      for (const type of types) {
        const headers = { 'content-type': type };
        const { status } = await fetch(service.url + path, { method: 'POST', headers, body: 'x' });
        expect([path, type, status]).not.toEqual([path, type, 415]);
      }
    }
  });

  test('has the schema of an event with its own definitions', async () => {
    const { components } = await served();
    expect(Object.keys(components.schemas).toSorted()).toEqual(['Event', 'OperationOutcome', 'Receipt', 'Taken']);
    expect(Object.keys(components.schemas.Event?.$defs ?? {}).length).toBeGreaterThan(10);
  });

  test('says what is answered: nothing is there that it does not name', async () => {
    const taken = await service.post([refill('A-1'), refill('A-1')]);
    expect(closed(takenSchema).parse(taken.body)).toEqual(taken.body);
    const later = await service.post(refill('A-2'), 'application/json', { prefer: 'respond-async' });
    expect(closed(waitingSchema).parse(later.body)).toEqual(later.body);
    const refused = await service.post({ ...refill('A-3'), fil: 1 });
    for (const id of [
      (taken.body as unknown as { receiptId: string }).receiptId,
      refused.headers.get('x-receipt-id'),
    ]) {
      const receipt: unknown = await (await fetch(`${service.url}/receipts/${id}`)).json();
      expect(closed(receiptSchema).parse(receipt)).toEqual(receipt);
    }
  });

  test('names the ways in which senders prove who they are, and none where this machine is open', async () => {
    const securityOf = (ways: Parameters<typeof intakeSection>[0]['ways']) => {
      const document = openApi({ version: '1', servers: [] }, [intakeSection({ ways })]) as unknown as Described;
      return [document.paths['/events']?.post?.security, document.paths['/receipts/{receipt}']?.get?.security];
    };
    expect(securityOf([])).toEqual([undefined, undefined]);
    const all = [{ senderToken: [] }, { clientCertificate: [] }, { webhookSignature: [] }];
    expect(securityOf(['bearer', 'clientCertificate', 'hmac'])).toEqual([all, all]);
  });
});

describe('the page of the description', () => {
  const page = async () => {
    const response = await fetch(`${service.url}/docs`);
    return { headers: response.headers, text: await response.text() };
  };

  test('holds every operation, every kind of event and every problem code', async () => {
    const { text } = await page();
    for (const [path, methods] of Object.entries((await served()).paths)) {
      for (const method of Object.keys(methods).filter((name) => name !== 'servers')) {
        expect(text).toContain(`<span class="method">${method.toUpperCase()}</span> ${path}</code>`);
      }
    }
    expect(text).toContain('id="event-refill"');
    expect(text).toContain('<code>idempotency-key-reused</code>');
  });

  test('runs no script and loads nothing from elsewhere', async () => {
    const { headers, text } = await page();
    expect(headers.get('content-security-policy')).toContain("default-src 'none';script-src 'self';style-src 'self'");
    expect(text).not.toMatch(/<script|<style| style=|\son\w+=|https?:\/\/[^ ]*\.(css|js)/);
    expect([...text.matchAll(/<link [^>]*>/g)].map(([link]) => link)).toEqual([
      '<link rel="stylesheet" href="/docs/style.css">',
    ]);
    const style = await fetch(`${service.url}/docs/style.css`);
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
  });

  test('can be walked through by its headings, and names no id twice', async () => {
    const { text } = await page();
    const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...text.matchAll(/<h1>/g)]).toHaveLength(1);
    const targets = [...text.matchAll(/(?:href="#|labelledby=")([^"]+)"/g)].map(([, id]) => id);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  });
});
