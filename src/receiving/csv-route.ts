import { type Request, Router } from 'express';
import type { App } from '../app.ts';
import { problem } from '../event/problem.ts';
import { decodeCsv, readCsvText } from '../intake/csv/read.ts';
import type { Format } from '../intake/item.ts';
import { refuseWith } from './answer.ts';
import { arrived, type Door } from './door.ts';
import { withinLimit } from './read-as.ts';
import type { Sender } from './senders.ts';

/** What `POST /events/csv` takes. */
export const csvFormats: Readonly<Record<string, Format>> = {
  'text/csv': 'csv',
  'application/csv': 'csv',
  'text/tab-separated-values': 'csv',
};

/** `POST /events/csv`: one event a row. `?source=` names the field map where the header does not tell it. */
export function csvRoute(app: App, door: Door): Router {
  const router = Router();
  router.post(
    '/events/csv',
    ...door.guard({ formats: csvFormats, charset: 'as-stated' }),
    async (request, response) => {
      const { sender, body, charset: encoding } = arrived(request, response);
      const source = statedSource(request);
      if (source !== undefined && app.sources.named(source)?.map.format !== 'csv') {
        return refuseWith(response, 422, [problem('source-map-missing', 'there is no field map of this name for CSV')]);
      }
      const { sources } = app;
      const decoded = decodeCsv(body, { sources, source, encoding });
      if ('problem' in decoded) return refuseWith(response, 415, [decoded.problem]);
      const { text } = decoded;
      const read = readCsvText(text, { sources, source, ...ofSender(sender) }, decoded.encoding);
      await door.take(request, response, {
        format: 'csv',
        source: read.source ?? source,
        text,
        read: withinLimit(app, read),
      });
    },
  );
  return router;
}

function statedSource({ query }: Request): string | undefined {
  return typeof query.source === 'string' ? query.source : undefined;
}

/** A sender that reports for one system need not name it in each row; what a test sender sends is a test. */
function ofSender({ environment, systems }: Sender) {
  return { ...(environment === 'test' && { test: true }), ...(systems?.length === 1 && { sourceSystem: systems[0] }) };
}
