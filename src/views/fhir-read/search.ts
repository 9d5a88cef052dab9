import type { OperationOutcome } from '@medplum/fhirtypes';
import type { Reach } from '../../auth/reach.ts';
import type { Db } from '../../store/store.ts';
import type { Reader } from '../read-model/reading.ts';
import type { ServedType } from '../read-model/search-parameters.ts';
import { usualPage } from './query.ts';
import { bundleText, type Page as Parts } from './search-bundle.ts';
import { linked } from './search-chain.ts';
import type { Condition } from './search-condition.ts';
import type { Controls } from './search-controls.ts';
import { type Fault, isFault, outOfReach, pageGone, refused, tooCostly, unreadable } from './search-fault.ts';
import { includedWith } from './search-includes.ts';
import { countOf, type Matching, matchesOf } from './search-matches.ts';
import { opened, type Page, sealed } from './search-page.ts';
import { type Order, planOf } from './search-plan.ts';
import { reachConditions } from './search-reach.ts';
import { requestOf, type SearchRequest } from './search-request.ts';

/** Who searches, and in whose words. */
export interface SearchQuestion {
  readonly reader: Reader;
  /** Absolute FHIR base without a slash at its end: links, fullUrl and absolute references go by it. */
  readonly base: string;
  readonly reachOf: (type: string, interaction: 'read' | 'search') => Reach;
  /** The caller's own name of a patient, as our keyed id. An id of ours comes back as it is. */
  readonly ours: (patientId: string) => string;
  /** Who asks, stable from page to page, e.g. issuer, subject and launch patient: a page link works for nobody else. */
  readonly caller: string;
  /** `Prefer: handling=…`: whether what is not supported is an error, or ignored and said. FHIR leaves the default to us: strict. */
  readonly handling: 'strict' | 'lenient';
  /** Secret of the deployment from which the key of page links is derived. */
  readonly key: string;
  readonly now: Temporal.Instant;
}

/** Name and value of each parameter in the order of the request, decoded; query and form body alike. */
export type SearchParameters = readonly (readonly [name: string, value: string])[];

/** All ids in the answers are ours: whoever tells a caller in its own terms rewrites the text. */
export type SearchAnswer = SearchFound | SearchRefused;

export interface SearchFound {
  readonly kind: 'found';
  /** A Bundle of type searchset, JSON text. */
  readonly bundle: string;
  /** Whose resources are in it, for the audit. */
  readonly patients: readonly string[];
  /** Names of parameters that were not applied. Each is said in an OperationOutcome of the Bundle as well. */
  readonly ignored: readonly string[];
}

export interface SearchRefused {
  readonly kind: 'refused';
  /** 404 and 410: a page link that is not this caller's, or has run out. */
  readonly status: 400 | 403 | 404 | 410;
  readonly outcome: OperationOutcome;
}

/** A search over one type of resource (FHIR R4 "Search"), with includes and paging. A next page has one parameter, `_page`. */
export async function search(
  db: Db,
  question: SearchQuestion,
  type: ServedType,
  parameters: SearchParameters,
): Promise<SearchAnswer> {
  if (question.reachOf(type, 'search').length === 0) return outOfReach;
  const token = parameters.find(([name]) => name === '_page')?.[1];
  if (token === undefined) return searched(db, question, type, { parameters, handling: question.handling });
  if (parameters.length > 1) return refused([unreadable('Search parameter "_page" stands alone.')]);
  const page = opened(token, question, type);
  return page ? searched(db, question, type, page) : pageGone;
}

type Asked = Pick<Page, 'parameters' | 'handling'> & Partial<Page>;

async function searched(db: Db, question: SearchQuestion, type: ServedType, asked: Asked): Promise<SearchAnswer> {
  const request = requestOf(type, asked.parameters, question, asked.handling);
  if (!('controls' in request)) return refused(request);
  const { controls } = request;
  const matching = await matchingOf(db, question, request, asked.order);
  if (isFault(matching)) return refused([matching]);
  if (controls.summary === 'count') {
    const total = await totalOf(db, matching);
    return isFault(total)
      ? refused([total])
      : found({ question, request, ...total, matches: [], included: [], next: undefined });
  }
  const count = controls.count ?? usualPage;
  const rows = await matchesOf(db, matching, asked.after, count + 1);
  const matches = rows.slice(0, count);
  const included = await includedWith(db, question, matches, controls.includes ?? []);
  if (isFault(included)) return refused([included]);
  const last = rows.length > count ? matches.at(-1) : undefined;
  const { order } = matching.plan;
  const next = last && sealed({ ...asked, order, after: { at: last.at, seq: last.seq } }, question, type);
  const isAll = !next && !asked.after;
  const total = isAll ? { total: matches.length } : await totalIfWanted(db, matching, controls);
  return isFault(total) ? refused([total]) : found({ question, request, ...total, matches, included, next });
}

/** What has to hold, the caller's reach with it, and the way to it. */
async function matchingOf(
  db: Db,
  question: SearchQuestion,
  { type, conditions, controls }: SearchRequest,
  settled: Order | undefined,
): Promise<Matching | Fault> {
  const { tenant, environment } = question.reader;
  const stated = conditions.filter((one) => one.kind !== 'chain');
  const reach = reachConditions(question.reachOf(type, 'search'), type, question);
  const confinement = [...stated, ...reach].filter(({ kind }) => kind === 'patients');
  const all: Condition[] = [...stated, ...reach];
  for (const chain of conditions.filter((one) => one.kind === 'chain')) {
    const condition = await linked(db, question, chain, confinement);
    if (isFault(condition)) return condition;
    all.push(condition);
  }
  const scope = { tenant, environment, type };
  const plan = await planOf(db, { scope, conditions: all, sort: controls.sort, settled });
  return isFault(plan) ? plan : { scope, conditions: all, plan };
}

interface Total {
  readonly total?: number;
}

/** Without being asked only where it costs next to nothing. */
async function totalIfWanted(db: Db, matching: Matching, { total }: Controls): Promise<Total | Fault> {
  const isLittle = matching.plan.way.kind === 'few rows' || matching.plan.way.kind === 'few values';
  return (total ?? isLittle) ? totalOf(db, matching) : {};
}

/** A total that would be an estimate is none. */
async function totalOf(db: Db, matching: Matching): Promise<Total | Fault> {
  const total = await countOf(db, matching, mostCounted + 1);
  return total > mostCounted
    ? tooCostly(`More than ${mostCounted} match: they are not counted. Narrow the search.`)
    : { total };
}

const mostCounted = 10_000;

interface Result extends Omit<Parts, 'base'> {
  readonly question: SearchQuestion;
}

function found({ question, ...parts }: Result): SearchFound {
  const { matches, included, request } = parts;
  return {
    kind: 'found',
    bundle: bundleText({ base: question.base, ...parts }),
    patients: [...new Set([...matches, ...included].map(({ patient_id }) => patient_id))],
    ignored: request.ignored.map(({ name }) => name),
  };
}
