import { openApp } from '../app.ts';
import { auditEventsOf } from '../audit/audit-event.ts';
import { readAudit } from '../audit/read-audit.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { tenantName } from '../config-destination.ts';

export interface AuditOptions {
  readonly tenant: string;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly destination?: string | undefined;
  readonly patient?: string | undefined;
}

/** Prints who did what as AuditEvents, one a line, in the order in which it was written down. */
export async function audit(configPath: string | undefined, options: AuditOptions): Promise<number> {
  const { tenant, since, until, destination, patient } = options;
  if (!tenantName.test(tenant)) throw new ConfigError('--tenant takes lower-case letters, digits and hyphens.');
  const filter = { tenant, destination, patient, sinceMs: msOf('since', since), untilMs: msOf('until', until) };
  const app = await openApp(loadConfig(configPath));
  try {
    let count = 0;
    for await (const row of readAudit(app.store.db, filter)) {
      const events = auditEventsOf(row, app.identifierSystem);
      for (const event of events) process.stdout.write(`${JSON.stringify(event)}\n`);
      count += events.length;
    }
    console.error(`${count} ${count === 1 ? 'AuditEvent' : 'AuditEvents'}.`);
    return 0;
  } finally {
    await app.close();
  }
}

function msOf(option: string, stated: string | undefined): number | undefined {
  if (stated === undefined) return undefined;
  try {
    return Temporal.Instant.from(stated).epochMilliseconds;
  } catch {
    throw new ConfigError(`--${option} takes an instant with its offset, e.g. 2026-03-01T00:00:00Z.`);
  }
}
