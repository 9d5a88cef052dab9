import type { App } from '../app.ts';
import { openApp } from '../app.ts';
import { ConfigError, loadConfig } from '../config.ts';
import type { PatientRef } from '../ledger/patient-key.ts';
import { findPatient, patientsOf } from '../ledger/patients.ts';
import { errorName } from '../log.ts';
import { oweEverything } from '../pipeline.ts';
import { leaveBehind } from '../readers/behind.ts';
import { readModel } from '../readers/reading.ts';
import { progress } from './progress.ts';

export async function replay(
  configPath: string | undefined,
  tenant: string,
  patientId: string | undefined,
): Promise<number> {
  const app = await openApp(loadConfig(configPath));
  try {
    const patients = () =>
      patientId === undefined ? patientsOf(app.store.db, tenant) : onePatient(app, tenant, patientId);
    const count = await oweEverything(app, patients());
    console.error(
      `${count} ${count === 1 ? 'patient is' : 'patients are'} looked at again; only differences are sent.`,
    );
    await leaveBehind(app.store.db, tenant, patientId);
    const failed = await madeAgain(app, patients(), count);
    console.error(
      `What readers are told of ${count === 1 ? 'this patient' : 'them'} was made again; what is the same stayed.`,
    );
    if (failed === 0) return 0;
    console.error(`Of ${failed} them it could not be made: the log names the error.`);
    return 1;
  } finally {
    await app.close();
  }
}

/** Returns of how many it could not be made. */
async function madeAgain(app: App, patients: AsyncIterable<PatientRef>, count: number): Promise<number> {
  const model = readModel(app);
  const bar = progress(count, 'patients');
  let failed = 0;
  for await (const patient of patients) {
    try {
      await model.refresh(patient);
    } catch (error) {
      app.log.error('reading failed', { code: errorName(error) });
      failed++;
    }
    bar.step(1);
  }
  bar.stop();
  return failed;
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
