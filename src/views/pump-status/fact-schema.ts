import { z } from 'zod';

/**
 * A fact: what is known, how it came to be known, as of when, and from where. Unknown is `value: null` with the method
 * `unknown`, never zero and never an empty text.
 */

/**
 * `reported`: a source stated it. `measured`: a source measured it. `calculated`: by our arithmetic, which `source` names.
 * `unknown`: nobody reported it. `withheld`: not shown to this caller, or not at this site.
 */
export const method = z.enum(['reported', 'measured', 'calculated', 'unknown', 'withheld']);

export type Method = z.infer<typeof method>;

/** A report: the system that sent it and what that calls the event. */
export const reportSource = z.strictObject({
  system: z.string(),
  eventId: z.string().optional(),
  display: z.string().optional().meta({ description: 'What kind of report, or which part of it.' }),
});

/** Our arithmetic, by name, and the numbers that went in, units last in their names. */
export const calculationSource = z.strictObject({
  calculation: z.enum([
    'age',
    'change-percent',
    'expected-residual',
    'residual-discrepancy',
    'delivered-to-programmed',
    'reservoir-volume',
    'alarm-date',
    'refill-due-date',
    'stability-date',
    'days-to-refill',
    'refill-state',
    'calculated-end',
    'difference-to-reported',
    'bridge-end',
    'eri-date',
    'end-of-service-date',
    'replacement-window',
  ]),
  inputs: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

export type Calculation = z.infer<typeof calculationSource>['calculation'];

export const source = z.union([reportSource, calculationSource]);

export type ReportSource = z.infer<typeof reportSource>;
export type Source = z.infer<typeof source>;

/** `2024-06-25T10:00:00-04:00`, or as precise as it was reported: `2018-06`. */
export const moment = z.string().meta({ description: 'An instant with offset, or a partial date as reported.' });

export const fact = <Value extends z.ZodType>(value: Value) =>
  z.strictObject({
    value: value.nullable(),
    method,
    asOf: moment.nullable(),
    source: source.nullable(),
    words: z.string().optional().meta({ description: 'What a reader should see beside it, or instead of it.' }),
  });

export interface Fact<Value> {
  readonly value: Value | null;
  readonly method: Method;
  readonly asOf: string | null;
  readonly source: Source | null;
  readonly words?: string | undefined;
}

/** A line of a list: it stands as it was reported, and says by whom. */
export const record = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({ ...shape, asOf: moment, source: reportSource });
