import type { App } from '../app.ts';
import { openApp } from '../app.ts';
import { ConfigError, loadConfig } from '../config.ts';
import type { PatientRef } from '../ledger/patient-key.ts';
import { findPatient, patientsOf } from '../ledger/patients.ts';
import { oweEverything } from '../pipeline.ts';

export async function replay(
  configPath: string | undefined,
  tenant: string,
  patientId: string | undefined,
): Promise<number> {
  const app = await openApp(loadConfig(configPath));
  try {
    const patients = patientId === undefined ? patientsOf(app.store.db, tenant) : onePatient(app, tenant, patientId);
    const count = await oweEverything(app, patients);
    console.error(
      `${count} ${count === 1 ? 'patient is' : 'patients are'} looked at again; only differences are sent.`,
    );
    return 0;
  } finally {
    await app.close();
  }
}

async function* onePatient(app: App, tenant: string, patientId: string): AsyncGenerator<PatientRef> {
  for (const environment of ['live', 'test'] as const) {
    const found = await findPatient(app.store.db, { tenant, environment, patientId });
    if (!found) continue;
    const survivor = found.mergedInto ?? found.patientId;
    const patient = await findPatient(app.store.db, { tenant, environment, patientId: survivor });
    if (patient) return yield patient;
  }
  throw new ConfigError('There is no patient with this id.');
}
