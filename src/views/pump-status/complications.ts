import type { Timeline } from '../../therapy/timeline.ts';
import { isBefore, whenOf } from '../../therapy/when.ts';

export interface OpenComplication {
  readonly code: string;
  readonly at: string;
  readonly severity: string | null;
  readonly outcome: string | null;
}

/** Complications that were not reported as over, oldest first. */
export function openComplicationsOf({ complications, asOf }: Timeline): OpenComplication[] {
  return complications
    .filter(({ event: { outcome, resolvedAt }, when }) => {
      const isResolved = resolvedAt !== undefined && !isBefore(asOf, whenOf(resolvedAt, when.zone).latest);
      return !isResolved && !(outcome && over.has(outcome));
    })
    .map(({ event: { code, severity, outcome }, when }) => ({
      code,
      at: when.text,
      severity: severity ?? null,
      outcome: outcome ?? null,
    }));
}

const over: ReadonlySet<string> = new Set(['resolved', 'resolvedWithSequelae', 'fatal']);
