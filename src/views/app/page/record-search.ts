import type { Bundle, OperationOutcome, OperationOutcomeIssue, Resource } from '@medplum/fhirtypes';
import { maySearch } from './granted-scope.ts';

/** The hospital’s FHIR server, with the token that the launch gave. */
export interface RecordAccess {
  readonly serverUrl: string;
  readonly scope: string | undefined;
  /** A search by its address, absolute or from the FHIR base. Rejects where it is not answered. */
  get(address: string): Promise<unknown>;
}

export interface Found<One extends Resource> {
  readonly resources: readonly One[];
  /** False: the record may hold more of them. */
  readonly isWhole: boolean;
}

type OfType<Type extends Resource['resourceType']> = Extract<Resource, { resourceType: Type }>;

const pageSize = 50;
const mostPages = 3;

/** At most three pages of a search; undefined: not granted, or not answered by a searchset. */
export async function searched<Type extends Resource['resourceType']>(
  type: Type,
  query: string,
  access: RecordAccess,
): Promise<Found<OfType<Type>> | undefined> {
  if (!maySearch(type, access.scope)) return undefined;
  const pages: Bundle[] = [];
  let next: string | undefined = `${type}?${query}&_count=${pageSize}`;
  while (next !== undefined && pages.length < mostPages && isOfServer(next, access)) {
    const answer = await access.get(next).catch(() => undefined);
    if (!isSearchset(answer)) break;
    pages.push(answer);
    next = nextOf(answer, access);
  }
  if (pages.length === 0) return undefined;
  const all = pages.flatMap(({ entry = [] }) => entry.flatMap(({ resource }) => resource ?? []));
  return {
    resources: all.filter((one): one is OfType<Type> => one.resourceType === type),
    isWhole: next === undefined && !all.some(tellsOfMore),
  };
}

/** The token goes to the server that it is for, and nowhere else. */
const isOfServer = (address: string, { serverUrl }: RecordAccess): boolean =>
  new URL(address, serverUrl).origin === new URL(serverUrl).origin;

function nextOf({ link = [] }: Bundle, { serverUrl }: RecordAccess): string | undefined {
  const stated = link.find(({ relation }) => relation === 'next')?.url;
  const base = `${serverUrl.replace(/\/+$/, '')}/`;
  if (stated === undefined || !URL.canParse(stated, base)) return stated && nowhere;
  return new URL(stated, base).href;
}

/** Of no server: the next page of an address that cannot be read is there, and is not followed. */
const nowhere = 'about:blank';

const isSearchset = (answer: unknown): answer is Bundle =>
  typeof answer === 'object' && answer !== null && (answer as Resource).resourceType === 'Bundle';

/** Among what was found a server says what it left out, and why. */
function tellsOfMore(one: Resource): boolean {
  return one.resourceType === 'OperationOutcome' && ((one as OperationOutcome).issue ?? []).some(isOfMore);
}

const isOfMore = ({ severity, code }: OperationOutcomeIssue): boolean =>
  severity === 'error' || severity === 'fatal' || hiding.has(code ?? '');

const hiding = new Set(['suppressed', 'forbidden', 'security', 'incomplete', 'too-costly', 'timeout']);
