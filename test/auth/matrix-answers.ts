import type { Hospitals, Whose } from './matrix-hospitals.ts';
import { type Asker, expected } from './matrix-oracle.ts';
import type { MatrixRequest, Patients } from './matrix-requests.ts';

export interface MatrixAnswer {
  readonly status: number;
  /** All headers but those that differ from answer to answer: date and request id. */
  readonly headers: string;
  readonly text: string;
  readonly queries: number;
}

export async function answerTo(
  hospitals: Hospitals,
  url: string,
  token: string | undefined,
  form?: string,
): Promise<MatrixAnswer> {
  hospitals.queries();
  const response = await fetch(url, {
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form !== undefined && { method: 'POST', body: form }),
  });
  const text = await response.text();
  const headers = [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
  return { status: response.status, headers: JSON.stringify(headers), text, queries: hospitals.queries() };
}

/** What is wrong with an answer, in words; empty where nothing is. */
export function faultsOf(asker: Asker, request: MatrixRequest, answer: MatrixAnswer, patients: Patients): string[] {
  const wanted = expected(asker, request, patients);
  const where = `${request.kind} ${request.type} of ${request.target}`;
  if (answer.status !== wanted.status) return [`${where}: ${answer.status} in place of ${wanted.status}`];
  const shown = idsIn(answer, patients);
  const missing = wanted.isExact && answer.status === 200 ? wanted.ids.filter((id) => !shown.includes(id)) : [];
  const tooMuch = shown.filter((id) => !wanted.ids.includes(id));
  return [
    ...missing.map((id) => `${where}: ${id} is missing`),
    ...tooMuch.map((id) => `${where}: ${id} is too much`),
    ...leaks(asker, request, answer, patients).map((secret) => `${where}: ${secret} leaks`),
  ];
}

/** Resources of the patients in an answer, by our ids. */
function idsIn({ text }: MatrixAnswer, patients: Patients): string[] {
  const { resourceType, id, entry = [] } = JSON.parse(text) as Shown;
  const shown = resourceType === 'Bundle' ? entry.map(({ resource }) => resource?.id) : [resourceType && id];
  const ours = Object.values(patients).map((patient) => [patient.there, patient.id] as const);
  const named = shown.map((one) => ours.find(([there]) => there === one)?.[1] ?? one);
  const known = new Set(Object.values(patients).flatMap(({ resources }) => resources.map((one) => one.id)));
  return [...new Set(named.filter((one) => one !== undefined && known.has(one)))] as string[];
}

interface Shown {
  readonly resourceType?: string;
  readonly id?: string;
  readonly entry?: readonly { readonly resource?: { readonly id?: string } }[];
}

/** What stands in an answer of a patient whom its asker may not see in any way. What the asker wrote is no news. */
export function leaks(
  { gives, isLaunched, userReach }: Asker,
  { wrote }: Pick<MatrixRequest, 'wrote'>,
  { text, headers }: MatrixAnswer,
  patients: Patients,
): string[] {
  const isWide = gives.some(({ level }) => level === 'system' || (level === 'user' && userReach === 'tenant'));
  const seen: readonly Whose[] = isWide ? ['own', 'other'] : isLaunched ? ['own'] : [];
  const known = new Set(seen.flatMap((whose) => patients[whose].secrets));
  const unseen = Object.keys(patients).filter((whose) => !seen.includes(whose as Whose)) as Whose[];
  const secrets = unseen
    .flatMap((whose) => patients[whose].secrets)
    .filter((one) => !known.has(one) && !wrote.includes(one));
  return secrets.filter((secret) => text.includes(secret) || headers.includes(secret));
}

/** An answer as it would be, had the asker named somebody else: byte by byte, header by header, query by query. */
export function comparable(answer: MatrixAnswer, { wrote }: Pick<MatrixRequest, 'wrote'>): MatrixAnswer {
  const unnamed = (text: string) => wrote.reduce((rest, id) => rest.replaceAll(id, '…'), text);
  // An entity tag is a hash of the body: it tells what the body tells.
  const headers = unnamed(answer.headers).replace(/\["etag","[^\]]*"\],?/, '');
  return { ...answer, text: unnamed(answer.text), headers };
}
