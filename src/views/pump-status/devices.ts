import { bareName } from '../../therapy/bare-name.ts';
import { isImplanted } from '../../therapy/device-life.ts';
import type { MriStatement } from '../../therapy/settings.ts';
import type { PumpState, Timeline } from '../../therapy/timeline.ts';

export interface CatheterNow {
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly implanted: string | null;
  readonly tipLevel: string | null;
  /** How surely the level is known. */
  readonly tipLevelSource: 'operative-note' | 'assumed' | 'unknown' | null;
  readonly words: string | null;
}

/** The catheter that is connected to the pump, so far as one was reported. */
export function catheterOf({ catheters }: Timeline, { life }: PumpState): CatheterNow {
  const connected = catheters.findLast((catheter) => catheter.pumpKey === life.key && isImplanted(catheter));
  const label = connected?.label;
  return {
    manufacturer: label?.manufacturer ?? null,
    model: label?.model ?? null,
    implanted: connected?.implanted?.text ?? null,
    tipLevel: label?.tipLevel ?? null,
    tipLevelSource: label?.tipLevelSource ?? null,
    words: label?.tipLevel ? null : 'Tip level not recorded.',
  };
}

export interface PocketNow {
  readonly site: string | null;
  readonly side: 'left' | 'right' | null;
  readonly plane: 'subfascial' | 'subcutaneous' | null;
}

export const pocketOf = ({ life: { label } }: PumpState): PocketNow => ({
  site: label.pocketSite ?? null,
  side: label.pocketSide ?? null,
  plane: label.pocketPlane ?? null,
});

export interface MriNow {
  readonly statements: readonly {
    readonly status: MriStatement['status'];
    readonly region: string;
    readonly labelDate: string | null;
    readonly verified: boolean;
    readonly words: string;
  }[];
  readonly words: string;
}

/** What labels say of exactly this reference number. A family says nothing: its reference numbers differ. */
export function mriOf({ life, model }: PumpState): MriNow {
  const own = life.label.model === undefined ? undefined : bareName(life.label.model);
  const isExact = model?.models.some((name) => bareName(name) === own) ?? false;
  const statements = isExact ? (model?.safety ?? []) : [];
  const isEstablished = statements.some(({ verified, labelDate }) => verified && labelDate !== undefined);
  return {
    statements: statements.map(({ status, region, labelDate, verified, inWords }) => ({
      status,
      region,
      labelDate: labelDate ?? null,
      verified,
      words: inWords,
    })),
    words: isEstablished
      ? 'As labelled for the region and date: check the label with radiology.'
      : 'MR status not established: ask the manufacturer and radiology.',
  };
}
