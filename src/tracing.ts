import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span } from '@opentelemetry/api';
import { closedFields, errorName, type LogFields } from './log.ts';

/** Where spans are sent, OTLP over HTTP. */
export interface TracingSettings {
  /** The collector's address for traces, whole. */
  readonly tracesUrl: string;
  readonly serviceName: string;
}

export type SpanName = 'intake batch' | 'sync run' | 'match' | 'request';

export interface Trace {
  /** Does the work inside a span, under the span that is open around it. The fields are those of the log, and no others. */
  span<Result>(name: SpanName, fields: LogFields, work: () => Promise<Result>): Promise<Result>;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/** With its retries: no stop waits longer for a collector. */
const exportTimeoutMs = 2_000;

/** Where nobody collects, nothing is made. */
export const untraced: Trace = { span: (_name, _fields, work) => work(), stop: async () => {} };

/**
 * Spans to a collector. Of what fails only the class of the exception is told. Nothing of a trace is passed on to
 * destinations: the ids stay in the house.
 */
export async function startTracing({ tracesUrl, serviceName }: TracingSettings): Promise<Trace> {
  // Loaded only where somebody collects: it would be most of what a short command has to load.
  const [api, { NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: tracesUrl, timeoutMillis: exportTimeoutMs }))],
  });
  const tracer = provider.getTracer('itb-fhir');
  const around = new AsyncLocalStorage<Span>();

  return {
    async span(name, fields, work) {
      const parent = around.getStore();
      const context = parent ? api.trace.setSpan(api.ROOT_CONTEXT, parent) : api.ROOT_CONTEXT;
      const span = tracer.startSpan(name, { attributes: attributesOf(fields) }, context);
      try {
        return await around.run(span, work);
      } catch (error) {
        span.setAttribute('itb.code', errorName(error));
        span.setStatus({ code: api.SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    // A collector that is away loses the last spans, and does not keep us from stopping.
    stop: () => provider.shutdown().catch(() => {}),
  };
}

/** Without what is undefined: an attribute has a value. */
function attributesOf(fields: LogFields): Record<string, string | number> {
  const told = Object.entries(closedFields(fields)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [`itb.${name}`, value as string | number]));
}
