import { randomUUID } from 'node:crypto';
import { type Request, type RequestHandler, type Response, Router, urlencoded } from 'express';
import { askerOf, lookOf, viewerOf } from './asker.ts';
import { boardDay } from './board-day.ts';
import { entryOf } from './entries.ts';
import { messagePage } from './layout.ts';
import type { BoardLine } from './line.ts';
import { completed } from './lines.ts';
import { changeNote, type Note, noteForm } from './notes.ts';
import type { BoardOptions } from './options.ts';
import { patientPage } from './patient-page.ts';
import { type NamedPump, pumpsInUse, refillEvent, refillForm, refillReport } from './refill-form.ts';

/** One patient of the board: the note beside it, and a refill that no system reported. */
export function patientRoutes(options: BoardOptions): Router {
  const router = Router();
  const form = urlencoded({ extended: false, limit: '16kb' });
  const operator = options.requirePerson('operator');
  router.get('/board/patients/:patient', options.requirePerson('viewer'), async (request, response) => {
    const seen = await seenPatient(options, request, response);
    if (seen) await show(options, request, response, seen, { status: 200 });
    else notHere(response);
  });
  router.post('/board/patients/:patient/note', form, operator, saveNote(options));
  router.post('/board/patients/:patient/refill', form, operator, reportRefill(options));
  return router;
}

interface Seen {
  readonly line: BoardLine;
  readonly pumps: readonly NamedPump[];
}

/** Undefined: this clinic has no such patient; a patient of another clinic is told of in the same words. */
async function seenPatient(options: BoardOptions, request: Request, response: Response): Promise<Seen | undefined> {
  const { store, reading, settings, now } = options;
  const { tenant, environment } = askerOf(response);
  const clinic = { tenant, environment };
  const patient = await reading.find(clinic, String(request.params.patient));
  if (!patient) return undefined;
  const day = boardDay(settings, now());
  // Asked for first: it brings the row of the table up to date.
  const status = await reading.statusAt(patient, day.at, 'without-care-plan');
  const entry = await entryOf(store.db, { clinic, settings, day }, patient.patientId);
  if (!entry) return undefined;
  const [line] = await completed({ db: store.db, reading }, { clinic, day }, [entry]);
  return line && { line, pumps: pumpsInUse(status) };
}

interface Shown {
  readonly status: number;
  readonly refused?: Note;
  readonly problems?: readonly string[];
  readonly reportId?: string;
}

async function show(
  options: BoardOptions,
  request: Request,
  response: Response,
  { line, pumps }: Seen,
  { status, refused, problems, reportId = randomUUID() }: Shown,
): Promise<void> {
  const viewer = viewerOf(response, options);
  const { timeZone } = options.settings;
  // The address of one patient asks for nothing more: what else stands in it is nobody's to keep.
  const look = lookOf(request, response, askerOf(response), [line.patient]);
  await options.record({ ...look, query: '', status });
  const refill = refillForm({ viewer, line, pumps, reportId, timeZone, problems });
  response
    .status(status)
    .type('html')
    .send(patientPage({ viewer, line, refused, refillForm: refill }));
}

function notHere(response: Response): void {
  const page = messagePage('No such patient', ['This clinic’s board has no such patient.'], toBoard);
  response.status(404).type('html').send(page);
}

const toBoard = { href: '/board', words: 'To the refill board' };

function saveNote(options: BoardOptions): RequestHandler {
  return async (request, response) => {
    const seen = await seenPatient(options, request, response);
    if (!seen) return notHere(response);
    const sent = noteForm.safeParse(request.body);
    if (!sent.success) return unreadable(response);
    const { version: seenVersion, ...note } = sent.data;
    const { person } = viewerOf(response, options);
    const { tenant, environment } = person;
    const outcome = await changeNote(options.store, {
      ...{ tenant, environment, patientId: seen.line.patient, note, seenVersion, by: person },
      atMs: options.now().epochMilliseconds,
    });
    if (outcome === 'done') return response.redirect(303, `/board/patients/${seen.line.patient}`);
    const now = await seenPatient(options, request, response);
    await show(options, request, response, now ?? seen, { status: 409, refused: note });
  };
}

function unreadable(response: Response): void {
  const says = ['A field holds something that it cannot hold, such as a date that there is not. Nothing was saved.'];
  response
    .status(400)
    .type('html')
    .send(messagePage('Nothing was saved', says, toBoard));
}

function reportRefill(options: BoardOptions): RequestHandler {
  return async (request, response) => {
    const seen = await seenPatient(options, request, response);
    if (!seen) return notHere(response);
    const sent = refillReport.safeParse(request.body);
    const pump = sent.success ? seen.pumps.find(({ device }) => device === sent.data.device) : undefined;
    const [patient] = seen.line.recordNumbers;
    if (!sent.success || !pump || !patient) {
      const problems = ['A field is missing, or holds something that it cannot hold.'];
      return show(options, request, response, seen, { status: 422, problems });
    }
    const { person } = viewerOf(response, options);
    const { settings, now, identifierSystem } = options;
    const sourceSystem = `${identifierSystem}/board`;
    const context = { sourceSystem, patient, pump, person, timeZone: settings.timeZone, now: now() };
    const reported = await options.report(person.tenant, refillEvent(sent.data, context));
    if (reported.outcome !== 'refused') return response.redirect(303, `/board/patients/${seen.line.patient}`);
    const { problems } = reported;
    await show(options, request, response, seen, { status: 422, problems, reportId: sent.data.reportId });
  };
}
