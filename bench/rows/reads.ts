import { join } from 'node:path';
import { openStore } from '../../src/store/store.ts';
import { adopted } from '../adopted.ts';
import type { Bytes } from '../bare-route.ts';
import { connections, type Load, type Loaded, underLoadTogether } from '../load.ts';
import { rounds, spread } from '../measure.ts';
import { populate } from '../population.ts';
import { type About, type Question, searchQuestions, somePatients, statusQuestions } from '../questions.ts';
import { type BareRoute, openReaders } from '../readers.ts';
import { type Figure, gate, type Row, type RowResult, type Workplace } from '../row.ts';

const perSecond = 5_000;
const ofBare = 3;
const flat = 1.2;
const seconds = 1;
/** Until the code that answers has been compiled. */
const warmUpSeconds = { status: 4, search: 1 };
const asked = 8_000;
/** As many as the target has cores; each serves at a port of its own, as behind a load balancer. */
const processes = 2;
/** Of the short row. */
const few = 500;

/** What readers ask, of a small population made for the run. */
export const reads: Row = {
  name: 'reads',
  long: true,
  async run(place) {
    const url = `sqlite:${join(place.folder, 'read.sqlite')}`;
    await populate(url, place.folder, few);
    return measured(place, [{ name: `${few} patients`, url }], [...statusQuestions, ...searchQuestions.slice(0, 3)]);
  },
};

/**
 * The same of populations that were made before, smallest first of each engine:
 * `ITB_BENCH_READ='1k=sqlite:…,100k=sqlite:…,1k pg=postgres://…'`.
 */
export const readsAtScale: Row = {
  name: 'reads-at-scale',
  long: true,
  async run(place) {
    const stores = (process.env.ITB_BENCH_READ ?? '').split(',').flatMap((part) => {
      const [name = '', ...url] = part.split('=');
      return url.length > 0 ? [{ name, url: url.join('=') }] : [];
    });
    gate(stores.length > 0, 'ITB_BENCH_READ names no population: make some with bench/populate.ts');
    for (const { url } of stores) await adopted(url, place.folder);
    return measured(place, stores, questionsNamed(process.env.ITB_BENCH_QUESTIONS));
  },
};

const questionsNamed = (pattern = ''): Question[] =>
  [...statusQuestions, ...searchQuestions].filter(({ name }) => new RegExp(pattern).test(name));

interface Population {
  readonly name: string;
  readonly url: string;
}

interface Site extends Population {
  /** Processes of the service over the one store. */
  readonly service: readonly Loaded[];
  readonly patients: readonly About[];
  readonly loads: Load[];
}

async function measured(
  { folder }: Workplace,
  populations: readonly Population[],
  questions: readonly Question[],
): Promise<RowResult> {
  const readers = await openReaders(folder);
  try {
    const sites: Site[] = [];
    for (const population of populations) {
      const patients = await patientsIn(population.url);
      sites.push({
        ...population,
        patients,
        service: await together(() => readers.service(population.url)),
        loads: [],
      });
    }
    const bare = await together(() => readers.bareRoute());
    const figures: Figure[] = [];
    for (const question of questions) figures.push(...(await figuresOf(question, sites, bare)));
    return {
      figures,
      gate: `every answer is 200; those looked at tell of the patient asked for; ${connections} connections, ${processes} processes of each server, audit on`,
    };
  } finally {
    await readers.stop();
  }
}

async function together<Server>(start: () => Promise<Server>): Promise<Server[]> {
  const servers: Server[] = [];
  while (servers.length < processes) servers.push(await start());
  return servers;
}

async function patientsIn(url: string): Promise<About[]> {
  const store = await openStore(url);
  const patients = await somePatients(store.db, asked);
  await store.close();
  return patients;
}

/** In turns: the bare route, then each population. */
async function figuresOf(question: Question, sites: readonly Site[], bare: readonly BareRoute[]): Promise<Figure[]> {
  for (const site of sites) site.loads.length = 0;
  const paths = new Map(sites.map((site) => [site, site.patients.map(question.path)]));
  const bytes = await answered(question, sites.at(-1) as Site);
  for (const route of bare) route.tell(bytes);
  const bareLoads: Load[] = [];
  for (let round = 0; round <= rounds; round++) {
    const isWarmUp = round === 0;
    const turn = isWarmUp ? warmUpSeconds[isStatus(question) ? 'status' : 'search'] : seconds;
    const bareLoad = await underLoadTogether(bare, ['/'], 0, turn);
    if (!isWarmUp) bareLoads.push(bareLoad);
    for (const site of sites) {
      const load = await underLoadTogether(site.service, paths.get(site) as string[], round / (rounds + 1), turn);
      if (!isWarmUp) site.loads.push(load);
    }
  }
  return sites.flatMap((site, n) => {
    const first = sites.findIndex(({ url }) => url.split(':')[0] === site.url.split(':')[0]);
    return [
      throughput(question, site, bareLoads),
      ...(first < n ? [growth(question, site, sites[first] as Site)] : []),
    ];
  });
}

/** An answer as it goes out, looked at first: of three patients, each is told of by its own name. */
async function answered(question: Question, { service: [service], patients }: Site): Promise<Bytes> {
  if (!service) throw new Error('No process answers.');
  let bytes: Bytes | undefined;
  for (const about of patients.slice(0, 3)) {
    const path = question.path(about);
    const response = await fetch(`${service.url}${path}`, { headers: service.headers });
    const body = await response.text();
    gate(response.status === 200, `${question.name} is answered with ${response.status}`);
    const isOfOne = path !== question.path({ patient: '', pump: '', infusion: '', record: '' });
    const isCount = path.includes('_summary=count');
    gate(!isOfOne || isCount || body.includes(about.patient), `${question.name} tells of somebody else`);
    gate(path.startsWith('/status') || !/"total":0[,}]/.test(body), `${question.name} finds nothing`);
    const {
      date: _date,
      connection: _connection,
      'keep-alive': _alive,
      ...headers
    } = Object.fromEntries(response.headers);
    bytes = { headers, body };
  }
  return bytes as Bytes;
}

const isStatus = (question: Question): boolean => statusQuestions.includes(question);

const middle = (loads: readonly Load[], of: keyof Load) => spread(loads.map((load) => load[of])).median;

function throughput(question: Question, { name, loads }: Site, bare: readonly Load[]): Figure {
  const ours = spread(loads.map((load) => load.perSecond));
  const baseline = { name: 'a bare Express route, same bytes', spread: spread(bare.map((load) => load.perSecond)) };
  const reached = ours.median >= perSecond || ours.median * ofBare >= baseline.spread.median;
  const at = (these: readonly Load[]) =>
    `p50 ${middle(these, 'p50Ms').toFixed(1)} ms, p99 ${middle(these, 'p99Ms')} ms, CPU ${middle(these, 'cpuMsEach').toFixed(3)} ms`;
  return {
    ...{ name: `${question.name} [${name}]`, unit: 'requests/s', ours, baseline },
    note: `${at(loads)} (bare: ${at(bare)})`,
    ...(isStatus(question) && { target: { says: `${perSecond} requests/s, or a third of the bare route`, reached } }),
  };
}

/** What a request costs more than in the smallest population, of the time that the machine needs for it. */
function growth(question: Question, { name, loads }: Site, small: Site): Figure {
  const ratios = loads.map((load, n) => (small.loads[n] as Load).perSecond / load.perSecond);
  const ours = spread(ratios);
  return {
    ...{ name: `  cost, ${name} : ${small.name}`, unit: 'times', ours },
    target: { says: `${question.name} at most ${flat} times`, reached: ours.median <= flat },
  };
}
