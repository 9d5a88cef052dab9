import type { Coding } from '@medplum/fhirtypes';

/** What cards are about, in the order in which they are said. */
export const cardCodes = [
  'critical-alarm',
  'end-of-service',
  'alarm-date-passed',
  'at-alarm-volume',
  'past-due',
  'replacement-indicator',
  'magnetic-resonance',
  'other-drug',
] as const;

export type CardCode = (typeof cardCodes)[number];

/** CDS Hooks 2.0: how much a card presses, least first. */
export const indicators = ['info', 'warning', 'critical'] as const;

export type Indicator = (typeof indicators)[number];

export type CodeOf = Required<Pick<Coding, 'system' | 'code'>> & { readonly display?: string | undefined };

/** A drug as an order names it. */
export interface DrugCode extends CodeOf {
  /** `oral`: the code itself says so; `any`: only an order with a route says how it is given. */
  readonly form: 'oral' | 'any';
}

/** Which orders a pump has to do with: data (mappings/cds/orders.json), and what a site adds. */
export interface OrderCodes {
  readonly magneticResonance: readonly CodeOf[];
  readonly baclofen: readonly DrugCode[];
  readonly depressant: readonly DrugCode[];
  readonly intrathecalRoute: readonly CodeOf[];
  /** Category or reason by which a site marks orders of the rescue plan. */
  readonly rescue: readonly CodeOf[];
}

export interface CardSettings {
  readonly indicatorOf: Readonly<Record<CardCode, Indicator | 'off'>>;
  readonly orders: OrderCodes;
}
