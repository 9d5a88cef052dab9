import type { Fill, Reported } from '../../event/program.ts';
import { elapsed, isMore, type Ml, magnitude, minutesAsDays, ml, quantity, subtract } from '../quantity.ts';
import { isExact, localDate } from '../when.ts';
import type { Checked, Finding } from './finding.ts';

/** What was put into the reservoir: its lot, its volume, and whether it is told twice. */
export function checkFill(checked: Checked): readonly Finding[] {
  const { event } = checked;
  if (!('fill' in event) || !event.fill) return [];
  const reported = 'reported' in event ? event.reported : undefined;
  return [
    ...lot(checked, event.fill),
    ...capacity(checked, event.fill),
    ...readBack(checked, event.fill, reported),
    ...repeated(checked),
  ];
}

function lot({ entry }: Checked, { lotNumber, expirationDate }: Fill): Finding[] {
  const missing = (code: 'lot-missing' | 'expiry-missing', field: string, what: string): Finding => ({
    code,
    field,
    message: `the fill states no ${what}`,
    severity: 'information',
  });
  return [
    ...(lotNumber === undefined ? [missing('lot-missing', 'fill.lotNumber', 'lot number')] : []),
    ...(expirationDate === undefined ? [missing('expiry-missing', 'fill.expirationDate', 'expiry date')] : []),
    ...(expirationDate !== undefined && isPast(expirationDate, entry)
      ? [
          {
            code: 'lot-expired' as const,
            field: 'fill.expirationDate',
            message: 'the lot had expired when it was filled',
          },
        ]
      : []),
  ];
}

/** A lot can be used on the day of its expiry. Of a partial date the earliest day counts: expired for sure. */
function isPast(expirationDate: string, { when }: Checked['entry']): boolean {
  return Temporal.PlainDate.compare(expirationDate, localDate(when.earliest, when.zone)) < 0;
}

function capacity({ label, model }: Checked, { volumeMl }: Fill): Finding[] {
  const capacityMl = label.reservoirMl ?? model?.reservoirMl;
  if (capacityMl === undefined || !isMore(quantity(volumeMl), ml(capacityMl))) return [];
  return [{ code: 'fill-over-capacity', field: 'fill.volumeMl', message: 'the fill is larger than the reservoir' }];
}

/** The pump counts down from what its programmer was told: a wrong volume there is a wrong alarm date. */
function readBack({ settings }: Checked, fill: Fill, reported: Reported | undefined): Finding[] {
  const filled: Ml = quantity(fill.volumeMl);
  const differs = (told: number | undefined) =>
    told !== undefined && isMore(magnitude(subtract(filled, ml(told))), ml(settings.checks.fillVolumeMl));
  const told = (field: string, message: string): Finding => ({ code: 'fill-volume-differs', field, message });
  return [
    ...(differs(fill.programmedVolumeMl)
      ? [told('fill.programmedVolumeMl', 'the volume filled and the volume programmed differ')]
      : []),
    ...(differs(reported?.reservoirMl)
      ? [told('reported.reservoirMl', 'the volume filled and the volume that the programmer shows differ')]
      : []),
  ];
}

function repeated({ event, entry, before, settings }: Checked): Finding[] {
  if (event.type !== 'refill' || !before.lastFill) return [];
  const { filledAt, filledOn } = before.lastFill;
  const exact = isExact(entry.when);
  const soon =
    filledAt &&
    exact &&
    !isMore(elapsed(filledAt, entry.when.earliest), minutesAsDays(settings.checks.refillRepeatHours * 60));
  const sameDay =
    !(filledAt && exact) && filledOn !== undefined && filledOn.equals(localDate(entry.when.earliest, entry.when.zone));
  if (!soon && !sameDay) return [];
  return [{ code: 'refill-repeated', field: 'fill', message: 'the reservoir had been filled shortly before' }];
}
