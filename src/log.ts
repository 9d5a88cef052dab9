import pino from 'pino';

/**
 * The log. Its messages and fields are a closed set that cannot hold PHI: codes, names from the configuration, counts
 * and durations. There is no way to log free text, an identifier of a patient, or a body.
 */
export type LogMessage =
  | 'service started'
  | 'service stopped'
  | 'request served'
  | 'request failed'
  | 'not ready'
  | 'message failed'
  | 'events appended'
  | 'sender denied'
  | 'message to be read again'
  | 'message set aside'
  | 'certificate read again'
  | 'certificate unusable'
  | 'sync done'
  | 'sync to be retried'
  | 'sync parked'
  | 'sync lost its lease'
  | 'sync failed'
  | 'destination paused'
  | 'worker failed'
  | 'reading failed'
  | 'purge failed'
  | 'tables read again'
  | 'tables unusable'
  | 'signing keys read again'
  | 'signing keys unusable';

export interface LogFields {
  readonly destination?: string;
  readonly tenant?: string;
  /** A problem code, a status text of ours, the name of an exception class. */
  readonly code?: string;
  readonly method?: string;
  /** The route as written in the code, never the URL as sent. */
  readonly route?: string;
  readonly status?: number;
  readonly count?: number;
  readonly durationMs?: number;
  readonly attempt?: number;
  readonly requestId?: string;
  readonly port?: number;
}

export interface Log {
  info(message: LogMessage, fields?: LogFields): void;
  warn(message: LogMessage, fields?: LogFields): void;
  error(message: LogMessage, fields?: LogFields): void;
}

export type LogLevel = 'info' | 'warn' | 'error' | 'silent';

export function createLog(level: LogLevel): Log {
  const logger = pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
  return {
    info: (message, fields = {}) => logger.info(closedFields(fields), message),
    warn: (message, fields = {}) => logger.warn(closedFields(fields), message),
    error: (message, fields = {}) => logger.error(closedFields(fields), message),
  };
}

/** The type already forbids other fields; this drops them when a caller went round the type. */
export function closedFields(fields: LogFields): LogFields {
  const { destination, tenant, code, method, route, status, count, durationMs, attempt, requestId, port } = fields;
  return { destination, tenant, code, method, route, status, count, durationMs, attempt, requestId, port };
}

/** The class of an exception: its message may quote data. */
export const errorName = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
