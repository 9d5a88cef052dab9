import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { ReadPatient } from '../read-model/reading.ts';
import { type Answer, outcomeAnswer } from './answer.ts';
import type { Asked } from './asked.ts';
import type { FhirReadOptions } from './options.ts';
import { type SearchParameters, search } from './search.ts';
import { catchUpMs, searchQuestion } from './stored.ts';

/** `GET Type?…` and `POST Type/_search`, over what is as new as can be had in a moment. */
export async function find(asked: Asked, options: FhirReadOptions): Promise<Answer> {
  const { caller, type, parameters, handling } = asked;
  const named = isConfined(asked) ? [] : await patientsNamed(asked, options.reading);
  const behind = await bringUpToDate(asked, named, options);
  const question = searchQuestion(caller, options, handling);
  const answer = await search(options.db, question, type, ofSurvivors(type, parameters, named));
  if (answer.kind === 'refused') return outcomeAnswer(answer.status, answer.outcome);
  const { bundle, patients } = answer;
  return { status: 200, body: behind > 0 ? saying(behind, bundle) : bundle, patients };
}

/** A patient whom the search names, by which id, and who that is now. */
interface Named {
  readonly id: string;
  readonly patient: ReadPatient | undefined;
}

/** How many patients are not in the answer as last reported. Of a question about one patient never any. */
async function bringUpToDate(asked: Asked, named: readonly Named[], { reading }: FhirReadOptions): Promise<number> {
  const { caller } = asked;
  const patients = isConfined(asked) ? [caller.patient] : named.map(({ patient }) => patient);
  const known = patients.filter((patient) => patient !== undefined);
  if (known.length === 0 || known.length < patients.length) {
    return isConfined(asked) ? 0 : (await reading.catchUp(caller.reader, catchUpMs)).behind;
  }
  for (const patient of known) await reading.refresh(patient);
  return 0;
}

const isConfined = ({ caller, type }: Asked): boolean =>
  caller.reachOf(type, 'search').every(({ patient }) => patient !== undefined && patient === caller.principal.patient);

const patientParameters = ['patient', 'subject', 'patient:Patient', 'subject:Patient'];

/** The patients that the search itself is confined to; none where it names nobody, or a crowd. */
async function patientsNamed(
  { caller, type, parameters }: Asked,
  reading: FhirReadOptions['reading'],
): Promise<Named[]> {
  const names = type === 'Patient' ? ['_id'] : patientParameters;
  const stated = parameters.find(([name]) => names.includes(name))?.[1].split(',') ?? [];
  if (stated.length > crowd) return [];
  const ids = stated.map((value) => value.slice(value.lastIndexOf('/') + 1));
  return Promise.all(ids.map(async (id) => ({ id, patient: await reading.find(caller.reader, caller.ours(id)) })));
}

const crowd = 10;

/** An id that was merged away stands for the survivor, whose therapy it is now. As a resource of its own it stays what it is. */
function ofSurvivors(type: string, parameters: SearchParameters, named: readonly Named[]): SearchParameters {
  if (type === 'Patient') return parameters;
  return parameters.map(([name, value]) => {
    if (!patientParameters.includes(name)) return [name, value];
    // By a function: in a text that replaces another, `$` would have a meaning.
    return [name, named.reduce((text, { id, patient }) => text.replaceAll(id, () => patient?.patientId ?? id), value)];
  });
}

function saying(behind: number, text: string): string {
  const bundle = JSON.parse(text) as Bundle;
  const diagnostics = `What was reported last about ${behind} patients is not in this answer yet. Ask again in a moment.`;
  const notice: BundleEntry = {
    resource: operationOutcome([{ severity: 'information', code: 'incomplete', diagnostics }]),
    search: { mode: 'outcome' },
  };
  return JSON.stringify({ ...bundle, entry: [...(bundle.entry ?? []), notice] });
}
