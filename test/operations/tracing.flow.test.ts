import { expect, test } from 'vitest';
import { startTracing, untraced } from '../../src/tracing.ts';
import { startCollector } from './collector.ts';

interface SentSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly events: readonly unknown[];
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

const spansIn = (received: string): SentSpan[] => {
  const body = JSON.parse(received.slice(received.indexOf('{"resourceSpans"'))) as {
    resourceSpans: { scopeSpans: { spans: SentSpan[] }[] }[];
  };
  return body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
};

test('spans reach the collector: each under the one that was open around it, with fields of the log', async () => {
  const collector = await startCollector();
  const tracing = await startTracing({ tracesUrl: `${collector.url}/v1/traces`, serviceName: 'itb-test' });
  const result = await tracing.span('sync run', { destination: 'general' }, () =>
    tracing.span('request', { method: 'GET', status: 200, route: undefined } as never, async () => 7),
  );
  expect(result).toBe(7);
  await tracing.stop();
  const received = collector.received();
  expect(received).toContain('POST /v1/traces');
  expect(received).toContain('"stringValue":"itb-test"');
  const [request, run] = spansIn(received);
  expect([run?.name, run?.parentSpanId, run?.attributes]).toEqual([
    'sync run',
    undefined,
    [{ key: 'itb.destination', value: { stringValue: 'general' } }],
  ]);
  expect([request?.name, request?.parentSpanId]).toEqual(['request', run?.spanId]);
  expect(request?.attributes.map(({ key }) => key).sort()).toEqual(['itb.method', 'itb.status']);
  await collector.close();
});

test('of what fails the collector learns the class of the exception, and the caller gets the exception itself', async () => {
  const collector = await startCollector();
  const tracing = await startTracing({ tracesUrl: `${collector.url}/v1/traces`, serviceName: 'itb-test' });
  const failing = tracing.span('intake batch', { code: 'x', name: 'canary' } as never, async () => {
    throw new RangeError('canary');
  });
  await expect(failing).rejects.toThrow('canary');
  await tracing.stop();
  const [span] = spansIn(collector.received());
  expect(span?.status).toEqual({ code: 2 });
  expect(span?.events).toEqual([]);
  expect(span?.attributes).toEqual([{ key: 'itb.code', value: { stringValue: 'RangeError' } }]);
  expect(collector.received()).not.toContain('canary');
  await collector.close();
});

test('a collector that is not there harms nothing, and holds up no stop', async () => {
  const tracing = await startTracing({ tracesUrl: 'http://127.0.0.1:9/v1/traces', serviceName: 'itb-test' });
  expect(await tracing.span('request', {}, async () => 'done')).toBe('done');
  const started = performance.now();
  await tracing.stop();
  expect(performance.now() - started).toBeLessThan(6_000);
});

test('without a collector the work is only done', async () => {
  expect(await untraced.span('request', {}, async () => 'done')).toBe('done');
  await untraced.stop();
});
