import { devicesOf } from './document/report-text.ts';
import { project } from './projection/project.ts';
import { leaveStanding } from './standing.ts';
import type { EventReport, TailorContext, TailorResult, Wanted } from './tailored.ts';
import { eventPages, tell } from './tell.ts';

/**
 * From what every server should say to what this one can hold, by the routes of its kinds: resources as they are or
 * adapted; what has no way there is told in words, event by event; what stands there and cannot be changed stays, with
 * a correction beside it. Pure.
 */
export function tailor(
  wanted: readonly Wanted[],
  reports: readonly EventReport[],
  context: TailorContext,
): TailorResult {
  const devices = devicesOf(wanted);
  const projection = project(wanted, context);
  const standing = leaveStanding(projection, { reports, devices }, context);
  const pages = [...eventPages(wanted, reports, projection.told, devices, context), ...standing.corrections];
  const told = tell(pages, wanted, reports, context);
  return {
    items: [...standing.items, ...told.items],
    losses: projection.losses,
    problems: [...standing.problems, ...told.problems],
  };
}
