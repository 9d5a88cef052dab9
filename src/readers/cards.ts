import type { Router } from 'express';
import type { App } from '../app.ts';
import { cdsClientCheck } from '../auth/cds-client.ts';
import { issuerFetch } from '../auth/issuer-fetch.ts';
import { type ConfiguredCardClient, cardSettings } from '../config-cards.ts';
import { countUse } from '../store/count-use.ts';
import type { UrlSpace } from '../url-space.ts';
import type { CardFeedback } from '../views/cds-hooks/feedback.ts';
import type { CardClient } from '../views/cds-hooks/options.ts';
import { cardRoutes } from '../views/cds-hooks/routes.ts';
import type { Reading } from '../views/read-model/reading.ts';

export type CardParts = Pick<App, 'config' | 'store' | 'access' | 'now'>;

/** The CDS services of this process; undefined: the configuration names no EHR that may call them. */
export function openCards(
  app: CardParts,
  urls: UrlSpace,
  reading: Pick<Reading, 'findThere' | 'statusAt'>,
): Router | undefined {
  const { config, store, access, now } = app;
  const { cards } = config;
  if (!cards) return undefined;
  const root = config.server.publicUrl;
  const check = cdsClientCheck(cards.clients.map(cardClient), {
    clock: now,
    countUse: (key, until) => countUse(store, key, until.epochMilliseconds, now().epochMilliseconds),
  });
  return cardRoutes({
    check,
    reading,
    now,
    settings: cardSettings(config.mappingsDir, cards),
    launchUrl: config.app && `${root}/app/launch`,
    allowOrigins: cards.allowOrigins,
    tenantAt: (mounted) => (mounted === undefined ? urls.only : urls.tenants.find((one) => one === mounted)),
    addressesOf: (tenant, mounted, path) =>
      mounted === undefined || mounted === tenant ? [`${root}${path}`, `${root}/t/${tenant}${path}`] : [],
    record: (row) => access.record(row),
    keep: (tenant, service, rows) => keepFeedback(app, tenant, service, rows),
  });
}

function cardClient({ fhirServer, ...client }: ConfiguredCardClient): CardClient {
  if (fhirServer === undefined) return client;
  const reaching = { allowAddresses: client.allowAddresses, timeoutMs: 300 };
  return { ...client, ehr: { fhirServer, fetch: issuerFetch(fhirServer, reaching) } };
}

/** What is sent again changes nothing. */
async function keepFeedback(
  { store, now }: CardParts,
  tenant: string,
  service: string,
  rows: readonly CardFeedback[],
): Promise<void> {
  const received_at = now().epochMilliseconds;
  await store.db
    .insertInto('card_feedback')
    .values(rows.map((row) => ({ tenant, service, ...row, received_at })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
