import { Router } from 'express';
import type { App } from '../app.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import { receiptOfMessage } from '../intake/message-receipt.ts';
import { messageOf } from '../intake/messages.ts';
import { arrived, type Door } from './door.ts';
import { tenantOfRow } from './receive.ts';

/** `GET /receipts/{id}`: what became of a message, for its sender. What another sent is not there. */
export function receiptsRoute({ store }: App, door: Door): Router {
  return Router().get('/receipts/:receiptId', ...door.whoAsks, async (request, response) => {
    const { sender } = arrived(request, response);
    const receiptId = String(request.params.receiptId);
    const row = await messageOf(store.db, { tenant: tenantOfRow(sender), sender: sender.name, receiptId });
    response.set('Cache-Control', 'no-store');
    if (row) return void response.json(receiptOfMessage(row));
    const diagnostics = 'There is no such receipt of yours.';
    response
      .status(404)
      .type('application/fhir+json')
      .send(JSON.stringify(operationOutcome([{ severity: 'error', code: 'not-found', diagnostics }])));
  });
}
