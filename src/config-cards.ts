import { join } from 'node:path';
import { z } from 'zod';
import { isSecure } from './auth/secure-url.ts';
import { allowAddresses, type DestinationFile, name } from './config-destination.ts';
import { fhirReadConfig } from './config-fhir-read.ts';
import { provenance, readDataFile } from './data-file.ts';
import { hostOf, isRefusedAddress } from './outgoing/address-policy.ts';
import { type CardCode, type CardSettings, cardCodes, indicators } from './views/cds-hooks/settings.ts';

/** CDS Hooks: which EHRs may ask for cards, and what a site says otherwise than mappings/cds. Without `cards` there are none. */

const text = z.string().min(1);
const secureAddress = z.url().refine((url) => isSecure(new URL(url)), 'https, or http on a loopback address');

const client = z.strictObject({
  /** As its tokens say it. */
  iss: text,
  /** Of an EHR that serves several hospitals under one `iss`: the claim `tenant` of this one. */
  ehrTenant: text.optional(),
  /** Where its keys are published. A token may name one of them as `jku`; else it is the first. */
  jwksUris: z.array(secureAddress).min(1),
  tenant: name.default('default'),
  environment: z.enum(['live', 'test']).default('live'),
  /** Whose patient ids it speaks of. */
  patientIdsOf: name,
  /** FHIR base from which an order's Medication may be read with the token that the EHR sends along. */
  fhirServer: secureAddress.optional(),
  allowAddresses,
});

const code = z.strictObject({ system: text, code: text, display: text.optional() });
const drug = code.extend({ form: z.enum(['oral', 'any']) });
const indicator = z.enum([...indicators, 'off']);

const orders = z.strictObject({
  magneticResonance: z.array(code).default([]),
  baclofen: z.array(drug).default([]),
  depressant: z.array(drug).default([]),
  intrathecalRoute: z.array(code).default([]),
  rescue: z.array(code).default([]),
});

export const cardsConfig = z
  .strictObject({
    clients: z.array(client).min(1),
    allowOrigins: fhirReadConfig.shape.allowOrigins,
    indicators: z.partialRecord(z.enum(cardCodes), indicator).default({}),
    orders: orders.prefault({}),
  })
  .optional();

type CardsFile = z.output<typeof cardsConfig>;

export type ConfiguredCardClient = z.output<typeof client>;

/** Why it cannot be used, in a sentence for the operator; undefined: it can. */
export function unusableCards(cards: CardsFile, destinations: readonly DestinationFile[]): string | undefined {
  const clients = cards?.clients ?? [];
  for (const one of clients) {
    const reason = unusableClient(one, destinations);
    if (reason) return `cards: ${reason}`;
  }
  const isAmbiguous = clients.some((one) => clients.some((other) => other !== one && mayBeTaken(one, other)));
  return isAmbiguous ? 'cards: an iss stands twice. Each entry of one iss needs an ehrTenant of its own.' : undefined;
}

const mayBeTaken = (one: ConfiguredCardClient, other: ConfiguredCardClient): boolean =>
  one.iss === other.iss && (one.ehrTenant === undefined || one.ehrTenant === other.ehrTenant);

function unusableClient(one: ConfiguredCardClient, destinations: readonly DestinationFile[]): string | undefined {
  const named = destinations.find(({ name: its, tenant }) => its === one.patientIdsOf && tenant === one.tenant);
  if (!named) return `patientIdsOf of ${one.iss} names no destination of the tenant ${one.tenant}.`;
  if (named.environment !== one.environment) {
    return `patientIdsOf of ${one.iss} names a destination of another environment than its own.`;
  }
  const addresses = [...one.jwksUris, ...(one.fhirServer ? [one.fhirServer] : [])];
  const refused = addresses.find((url) => isRefusedAddress({ allow: one.allowAddresses, baseUrl: url }, hostOf(url)));
  return refused && `${refused} of ${one.iss} is not public. Add it to its allowAddresses, if it is meant.`;
}

const row = { ...code.required({ display: true }).shape, ...provenance, licence: text };
const coded = z.array(z.strictObject(row)).min(1);
const drugs = z.array(z.strictObject({ ...row, form: drug.shape.form })).min(1);

const shippedOrders = z.strictObject({
  magneticResonance: coded,
  baclofen: drugs,
  depressant: drugs,
  intrathecalRoute: coded,
});

const shippedCards = z.record(z.enum(cardCodes), z.strictObject({ indicator, ...provenance }));

/** What the project ships, and what the site adds or judges otherwise. Throws a sentence that names the file. */
export function cardSettings(mappingsDir: string, cards: NonNullable<CardsFile>): CardSettings {
  const shipped = readDataFile(join(mappingsDir, 'cds', 'orders.json'), shippedOrders);
  const defaults = readDataFile(join(mappingsDir, 'cds', 'cards.json'), shippedCards);
  const own = cards.orders;
  return {
    indicatorOf: Object.fromEntries(
      cardCodes.map((one) => [one, cards.indicators[one] ?? defaults[one].indicator]),
    ) as Record<CardCode, CardSettings['indicatorOf'][CardCode]>,
    orders: {
      magneticResonance: [...sure(shipped.magneticResonance), ...own.magneticResonance],
      baclofen: [...sure(shipped.baclofen), ...own.baclofen],
      depressant: [...sure(shipped.depressant), ...own.depressant],
      intrathecalRoute: [...sure(shipped.intrathecalRoute), ...own.intrathecalRoute],
      rescue: own.rescue,
    },
  };
}

/** A code whose source was not seen may mean another order. */
const sure = <Row extends { readonly verified: boolean }>(rows: readonly Row[]): Row[] =>
  rows.filter(({ verified }) => verified);
