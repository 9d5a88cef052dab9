import { Router } from 'express';
import type { App } from '../app.ts';
import type { Format } from '../intake/item.ts';
import { arrived, type Door } from './door.ts';
import { type Answer, takeHl7v2 } from './hl7v2.ts';

/** What `POST /hl7v2` takes: HL7 v2 in ER7. Text that does not say what it is is not taken for it. */
export const hl7v2Formats: Readonly<Record<string, Format>> = {
  'application/hl7-v2': 'hl7v2',
  'x-application/hl7-v2+er7': 'hl7v2',
};

/**
 * `POST /hl7v2`: one message or a batch; the answer is its acknowledgement. The status follows the convention of HL7 over
 * HTTP: 200 with AA, 500 with AE, 400 with AR, always with the acknowledgement as body; 204 where none is asked for.
 */
export function hl7v2Route(app: App, door: Door): Router {
  const router = Router();
  router.post('/hl7v2', ...door.guard({ formats: hl7v2Formats, charset: 'as-stated' }), async (request, response) => {
    const { sender, body, charset } = arrived(request, response);
    const answers = await takeHl7v2(app, door.receiving, { bytes: body, sender, charset });
    if (answers.length === 0) return void response.status(204).end();
    const [first] = answers as [Answer, ...Answer[]];
    response.status(statusOf(answers));
    response.set('Content-Type', `application/hl7-v2; charset=${first.charset}`);
    response.send(Buffer.concat(answers.map(({ bytes }) => bytes)));
  });
  return router;
}

/** Of several messages, the worst. */
function statusOf(answers: readonly Answer[]): number {
  if (answers.some(({ code }) => code.endsWith('E'))) return 500;
  return answers.some(({ code }) => code.endsWith('R')) ? 400 : 200;
}
