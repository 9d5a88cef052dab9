import { resolve } from 'node:path';
import { openApp } from '../app.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { rememberIdentities } from '../ledger/issued-identities.ts';
import { patientsOf } from '../ledger/patients.ts';
import { therapyOf } from '../pipeline.ts';
import { appendAudit } from '../store/audit.ts';
import { asResources } from '../views/export/as-resources.ts';
import { ndjsonWriter } from '../views/export/write-ndjson.ts';

export async function exportTherapies(
  configPath: string | undefined,
  options: { out: string; tenant: string; environment: string },
): Promise<number> {
  const { environment, tenant } = options;
  if (environment !== 'live' && environment !== 'test') throw new ConfigError('--environment is live or test.');
  const app = await openApp(loadConfig(configPath));
  try {
    const asOf = app.now();
    const writer = ndjsonWriter(resolve(options.out));
    await writer.ready();
    let held = 0;
    for await (const patient of patientsOf(app.store.db, tenant, environment)) {
      const { desired, fresh } = await therapyOf(app, patient, asOf);
      // What leaves is known as ours when it comes back, and keeps its name.
      if (fresh.size > 0) await app.store.transaction((trx) => rememberIdentities(trx, patient, fresh));
      held += desired.remarks.filter((remark) => remark.held).length;
      await writer.write(asResources(patient.patientId, desired.resources));
    }
    const { output } = await writer.close(asOf.toString());
    await appendAudit(app.store.db, {
      tenant,
      at: asOf.epochMilliseconds,
      action: 'export',
      actor: 'command line',
      outcome: 'done',
      detail: { environment, resources: output.reduce((sum, { count }) => sum + count, 0) },
    });
    console.error(
      output.map(({ type, count }) => `${count} ${type}`).join(', ') ||
        `Nothing to export: no ${environment} patient of tenant ${tenant}.`,
    );
    if (held > 0) console.error(`${held} reports are held and not in these files.`);
    return 0;
  } finally {
    await app.close();
  }
}
