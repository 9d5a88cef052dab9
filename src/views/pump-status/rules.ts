/** What makes a status urgent, and what is said where no plan states the signs: data, from mappings/status.json. */
export interface StatusRules {
  readonly banner: Readonly<Record<BannerCode, BannerRule>>;
  readonly generalSigns: {
    readonly withdrawal: string[];
    readonly overdose: string[];
    readonly words: string;
  };
  /** How far ahead of now a status may be asked for. */
  readonly projectionDays: number;
}

export interface BannerRule {
  readonly urgency: 'urgent' | 'attention' | 'off';
  /** Of `refill-due`: how many days ahead. */
  readonly withinDays?: number | undefined;
}

/** In the order in which reasons are said. */
export const bannerCodes = [
  'withdrawal-or-overdose',
  'critical-alarm',
  'end-of-service',
  'delivery-stopped',
  'delivery-unknown',
  'at-alarm-volume',
  'alarm-date-passed',
  'replacement-indicator',
  'low-reservoir-alarm',
  'refill-due',
  'open-complication',
  'residual-discrepancy',
  'concentration-differs',
  'bridge-not-reported',
  'concentration-unknown',
] as const;

export type BannerCode = (typeof bannerCodes)[number];
