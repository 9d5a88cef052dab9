import { type Card, type CardText, finished } from './card.ts';
import type { CardClient, CardRouteOptions } from './options.ts';
import { orderCards } from './order-cards.ts';
import { medicationReader } from './read-medication.ts';
import type { ServiceCall } from './request.ts';
import { statusCard } from './status-card.ts';

export interface Answer {
  readonly status: 200 | 412;
  readonly cards: readonly Card[];
  /** Keyed id, where the patient is known here. */
  readonly patient?: string;
  /** For the audit: `CODE=CARD` of each. */
  readonly shown: string;
}

/** Cards for a call; 412 where what was ordered could not be read and nothing else is to be said. */
export async function answer(call: ServiceCall, client: CardClient, options: CardRouteOptions): Promise<Answer> {
  const { tenant, environment, patientIdsOf } = client;
  const patient = await options.reading.findThere({ tenant, environment }, patientIdsOf, call.context.patientId);
  // The EHR's own patient, who has no pump that we know of.
  if (!patient) return { status: 200, cards: [], shown: '' };
  const status = await options.reading.statusAt(patient, options.now(), 'without-care-plan');
  const { settings } = options;
  const about = { patient: patient.patientId };
  if (call.hook === 'patient-view') {
    const card = statusCard(status, settings);
    return { ...about, status: 200, ...shown(card ? [card] : [], options) };
  }
  const found = await orderCards(call, status, settings, medicationReader(call, client.ehr));
  const isUnknown = found.cards.length === 0 && !found.isComplete;
  return { ...about, status: isUnknown ? 412 : 200, ...shown(found.cards, options) };
}

function shown(texts: readonly CardText[], { launchUrl }: CardRouteOptions): Pick<Answer, 'cards' | 'shown'> {
  const cards = texts.map((text) => finished(text, crypto.randomUUID(), launchUrl));
  const each = texts.map(({ codes }, n) => `${codes.join('+')}=${cards[n]?.uuid}`);
  return { cards, shown: each.join('&') };
}
