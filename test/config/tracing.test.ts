import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ConfigError, configFrom } from '../../src/config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'itb-tracing-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const tracingWith = (env: Record<string, string>) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return configFrom({}, folder).tracing;
};

describe('traces are sent', () => {
  test('nowhere unless a collector is named', () => {
    expect(tracingWith({})).toBeUndefined();
    expect(tracingWith({ OTEL_SERVICE_NAME: 'x', OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined();
  });

  test('to the path for traces below the endpoint, with or without a slash at its end', () => {
    const tracing = { tracesUrl: 'http://127.0.0.1:4318/v1/traces', serviceName: 'itb-fhir' };
    expect(tracingWith({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' })).toEqual(tracing);
    expect(tracingWith({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/' })).toEqual(tracing);
  });

  test('to the address for traces as it is, where there is one, under the stated name', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9000/in',
      OTEL_SERVICE_NAME: 'north',
    };
    expect(tracingWith(env)).toEqual({ tracesUrl: 'http://127.0.0.1:9000/in', serviceName: 'north' });
  });

  test('nowhere where OpenTelemetry is switched off', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'true' };
    expect(tracingWith(env)).toBeUndefined();
  });

  test('to an address that is one', () => {
    expect(() => tracingWith({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' })).toThrow(
      new ConfigError('OTEL_EXPORTER_OTLP_ENDPOINT is not a URL.'),
    );
  });
});
