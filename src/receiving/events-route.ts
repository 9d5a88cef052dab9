import { Router } from 'express';
import { problem } from '../event/problem.ts';
import type { Format } from '../intake/item.ts';
import { refuseWith } from './answer.ts';
import { arrived, type Door } from './door.ts';

/** What `POST /events` takes. */
export const eventFormats: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/fhir+json': 'fhir',
  'application/fhir+ndjson': 'fhir',
};

/** `POST /events`: one event, an array, or NDJSON; or resources in our profiles. */
export function eventsRoute(door: Door): Router {
  const router = Router();
  router.post('/events', ...door.guard({ formats: eventFormats, charset: 'utf-8' }), async (request, response) => {
    const { format, body } = arrived(request, response);
    const text = utf8(body);
    if (text === undefined) return refuseWith(response, 400, [problem('body-not-json', 'the body is not UTF-8')]);
    await door.take(request, response, { format, text });
  });
  return router;
}

/** Strict: a byte replaced in silence would make another record number of one. Undefined: not UTF-8. */
function utf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}
