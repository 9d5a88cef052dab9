import type { App } from '../app.ts';
import { auditedRuntime } from '../audited-runtime.ts';
import type { DestinationRuntime } from '../destination-runtime.ts';
import type { PatientRef } from '../ledger/patient-key.ts';
import { findPatient, identifiersOf, patientsOf } from '../ledger/patients.ts';
import { matchPatient } from '../sync/match-patient.ts';
import { type Check, noted, ok, wrong, wrongBy } from './doctor-check.ts';

/** Looks for one patient there, by the identifiers that senders know it by. Prints none of them, and none of theirs. */
export async function checkPatient(app: App, runtime: DestinationRuntime, named: string | undefined): Promise<Check> {
  const { destination } = runtime;
  const patient = await chosen(app, destination, named);
  if (!patient && named)
    return wrong(
      'Patient',
      'there is no patient with this keyed id here.',
      'Take the id from `itb-fhir review` or from a receipt.',
    );
  if (!patient)
    return noted(
      'Patient',
      'none in the ledger has an identifier in a system of this destination: nothing was searched.',
    );
  const { client } = auditedRuntime(app, runtime, patient.patientId, 'doctor');
  const found = await matchPatient(client, destination, patient.patientId, await identifiersOf(app.store.db, patient));
  const who = `patient ${patient.patientId.slice(0, 8)}…`;
  if (!('serverId' in found)) return wrongBy('Patient', found.problem);
  return ok('Patient', `${who} is known there, by ${destination.patientSearch === 'post' ? 'POST _search' : 'GET'}.`);
}

async function chosen(
  app: App,
  { tenant, environment, patientIdentifierSystems }: DestinationRuntime['destination'],
  named: string | undefined,
): Promise<PatientRef | undefined> {
  const { db } = app.store;
  if (named !== undefined) return findPatient(db, { tenant, environment, patientId: named });
  for await (const patient of patientsOf(db, tenant, environment)) {
    const identifiers = await identifiersOf(db, patient);
    if (identifiers.some(({ system }) => patientIdentifierSystems[system] !== undefined)) return patient;
  }
  return undefined;
}
