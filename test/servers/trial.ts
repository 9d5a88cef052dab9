import type { OperationOutcome } from '@medplum/fhirtypes';
import type { App } from '../../src/app.ts';
import type { DestinationRuntime } from '../../src/destination-runtime.ts';
import { patientsOf } from '../../src/ledger/patients.ts';
import { oweEverything } from '../../src/pipeline.ts';
import { listReview } from '../../src/review/list.ts';
import type { Answer, FhirRequest } from '../../src/sync/fhir-client.ts';
import { linksOf } from '../../src/sync/links.ts';
import type { Link } from '../../src/sync/plan.ts';
import { report, settle, ticketsAt } from '../flow/adapter.ts';
import { clinicOf, mrnSystem, type Report } from '../flow/events.ts';

/** What went wrong, in a sentence for whoever runs the conformance test. */
export class Failing extends Error {}

/** One deployment of the adapter, new and empty, against one server: what the checks of conformance work with. */
export class Trial {
  readonly app: App;
  readonly runtime: DestinationRuntime;
  readonly clinic: ReturnType<typeof clinicOf>;
  readonly #mrn: string;
  #answers: string[] = [];
  #writes = 0;

  /** `mrn`: the record number by which the server knows the test patient. */
  constructor(app: App, mrn: string) {
    this.#mrn = mrn;
    this.clinic = clinicOf(mrn, `ITB-TEST-${app.identifierSystem.slice(-8)}`);
    const destinations = app.destinations.map((runtime): DestinationRuntime => {
      const send = async (request: FhirRequest): Promise<Answer> => {
        const answer = await runtime.client.send(request);
        this.#answers.push(exchangeInWords(request, answer));
        if (request.method !== 'GET') this.#writes++;
        return answer;
      };
      return { ...runtime, client: { send } };
    });
    this.app = { ...app, destinations };
    this.runtime = destinations[0] as DestinationRuntime;
  }

  /** What was asked and answered since the last time: `POST Observation 201 (3×)`. */
  answers(): string {
    const counts = new Map<string, number>();
    for (const answer of this.#answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
    this.#answers = [];
    return [...counts].map(([answer, count]) => (count > 1 ? `${answer} (${count}×)` : answer)).join(', ');
  }

  /** Requests so far that were no GET. */
  writes(): number {
    return this.#writes;
  }

  /** Reports events and brings the server in step. Throws Failing where that does not come to an end. */
  async arrives(...events: readonly Report[]): Promise<void> {
    await report(this.app, ...events);
    await this.settles();
  }

  async settles(): Promise<void> {
    await settle(this.app).catch(() => {
      throw new Failing(endless);
    });
    const { name } = this.runtime.destination;
    const { due, waiting, running, parked } = await ticketsAt(this.app, name);
    const items = await listReview(this.app.store.db, { tenant: 'default', state: 'open', stage: 'sync', limit: 20 });
    if (parked > 0) throw new Failing(items.map(({ problem }) => `${problem.message}. ${problem.remedy}`).join(' '));
    if (due + waiting + running > 0) throw new Failing(endless);
  }

  /** Every patient is looked at again; what is in step needs no request. */
  async looksAgain(): Promise<void> {
    const { tenant, environment } = this.runtime.destination;
    await oweEverything(this.app, patientsOf(this.app.store.db, tenant, environment));
    await this.settles();
  }

  /** What the server holds of ours, as we know. */
  async links(): Promise<Link[]> {
    const { tenant, name, environment } = this.runtime.destination;
    const patientId = this.app.identify(tenant, environment, mrnSystem, this.#mrn);
    const { links } = await linksOf(this.app.store.db, { tenant, destination: name }, [patientId]);
    return [...links.values()];
  }
}

const endless = 'the server did not come in step: it asks for one retry after the other';

/** Messages and entries of the worklist have links as resources have; they are not at the FHIR server. */
export const isAtServer = ({ resourceType }: Link): boolean => resourceType !== 'Binary' && resourceType !== 'Task';

function exchangeInWords({ method, path }: FhirRequest, answer: Answer): string {
  const [type = ''] = path.split(/[/?]/);
  const what = `${method} ${type || 'bundle'}`;
  if (answer.kind !== 'answered') return `${what}: ${answer.problem.message}`;
  const issues = answer.status >= 400 ? issuesOf(answer.body) : '';
  return `${what} ${answer.status}${issues}`;
}

/** Codes only: texts and diagnostics may hold what was sent. */
function issuesOf(body: unknown): string {
  const issues = (body as OperationOutcome | undefined)?.issue;
  if (!Array.isArray(issues)) return '';
  const codes = issues.map(({ code, details }) => [code, details?.coding?.[0]?.code].filter(Boolean).join(' '));
  return ` [${[...new Set(codes)].join('; ')}]`;
}
