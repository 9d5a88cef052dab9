import type { CardCode, Indicator } from './settings.ts';

/** A card as CDS Hooks 2.0 has it, so far as we use it. Members without a value are left out. */
export interface Card {
  /** By which feedback names it. */
  readonly uuid: string;
  /** Less than 140 characters. */
  readonly summary: string;
  readonly indicator: Indicator;
  /** GitHub Flavored Markdown, without HTML. */
  readonly detail: string;
  readonly source: { readonly label: string };
  readonly overrideReasons: readonly OverrideReason[];
  readonly links?: readonly Link[];
}

export interface OverrideReason {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

interface Link {
  readonly label: string;
  readonly url: string;
  readonly type: 'smart';
  readonly appContext: string;
}

/** A card before it has an id and a way on. */
export interface CardText extends Pick<Card, 'summary' | 'indicator' | 'detail' | 'overrideReasons'> {
  /** What it is about, for the audit. */
  readonly codes: readonly CardCode[];
}

export const longestSummary = 139;

/** The card, with a way to the pump page where the EHR can launch it. */
export function finished({ codes: _, ...text }: CardText, uuid: string, launchUrl: string | undefined): Card {
  return { uuid, ...text, source: { label: 'Intrathecal baclofen pump record' }, ...(launchUrl && linked(launchUrl)) };
}

const linked = (url: string): { readonly links: readonly Link[] } => ({
  links: [{ label: 'Open the pump page', url, type: 'smart', appContext: '{"view":"status"}' }],
});
