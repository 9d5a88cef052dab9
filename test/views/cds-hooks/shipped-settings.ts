import { join } from 'node:path';
import { cardSettings, cardsConfig } from '../../../src/config-cards.ts';
import type { CardSettings } from '../../../src/views/cds-hooks/settings.ts';

type Own = Omit<NonNullable<Parameters<typeof cardsConfig.parse>[0]> & object, 'clients'>;

/** What the project ships, and what a site says otherwise. */
export function shippedSettings(own: Own = {}): CardSettings {
  const clients = [{ iss: 'https://ehr.example', jwksUris: ['https://ehr.example/jwks'], patientIdsOf: 'hospital' }];
  const cards = cardsConfig.parse({ clients, ...own });
  if (!cards) throw new Error('there are clients, so there are cards');
  return cardSettings(join(import.meta.dirname, '../../../mappings'), cards);
}
