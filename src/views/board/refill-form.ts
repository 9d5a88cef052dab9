import { z } from 'zod';
import type { Person } from '../../auth/sign-in-person.ts';
import type { PumpStatus } from '../pump-status/status-schema.ts';
import { type Html, html } from './html.ts';
import { tokenField, type Viewer } from './layout.ts';
import type { BoardLine, RecordNumber } from './line.ts';
import { settingNames } from './words.ts';

/** A pump in use, as events name it. */
export interface NamedPump {
  readonly device: string;
  readonly manufacturer: string;
  readonly model: string | null;
  readonly serialNumber: string;
}

/** Pumps in use whose maker and serial number are known: an event has to name its pump. */
export function pumpsInUse({ pumps }: PumpStatus): readonly NamedPump[] {
  return pumps.flatMap(({ device, state, manufacturer, model, serialNumber }) => {
    const isNamed = manufacturer.value !== null && serialNumber.value !== null;
    if (state.value === 'explanted' || !isNamed) return [];
    const named = { manufacturer: manufacturer.value as string, serialNumber: serialNumber.value as string };
    return [{ device, model: model.value, ...named }];
  });
}

export const refillReport = z.object({
  reportId: z.uuid(),
  device: z.string().max(100),
  day: z.iso.date(),
  time: z.union([z.literal(''), z.iso.time({ precision: -1 })]).default(''),
  setting: z.enum(['clinic', 'hospital', 'home', 'elsewhere']),
  place: z.string().trim().max(200).default(''),
  volumeMl: z.coerce.number().positive().max(100),
  concentrationUgPerMl: z.coerce.number().positive(),
  measuredMl: z.union([z.literal(''), z.coerce.number().nonnegative()]).default(''),
});

export type RefillReport = z.output<typeof refillReport>;

export interface ReportContext {
  /** The board as a source of events. */
  readonly sourceSystem: string;
  readonly patient: RecordNumber;
  readonly pump: NamedPump;
  readonly person: Person;
  readonly timeZone: string;
  readonly now: Temporal.Instant;
}

/**
 * The event as a sender would write it. A day without a time stays a day: nothing is then calculated from the fill until
 * the pump is read again. The id comes from the form, so that sending it twice reports one refill.
 */
export function refillEvent(report: RefillReport, context: ReportContext): object {
  const { reportId, setting, place, volumeMl, concentrationUgPerMl, measuredMl } = report;
  const { sourceSystem, patient, pump, person, timeZone, now } = context;
  const { manufacturer, model, serialNumber } = pump;
  return {
    schemaVersion: 1,
    type: 'refill',
    source: { system: sourceSystem, eventId: reportId },
    occurredAt: occurredAt(report, timeZone),
    recordedAt: now.round('second').toString(),
    timeZone,
    patient: { identifier: { system: patient.system, value: patient.value } },
    pump: { manufacturer, ...(model !== null && { model }), serialNumber },
    ...(place !== '' && { clinic: { display: place } }),
    setting,
    ...(measuredMl !== '' && { residual: { measuredMl } }),
    fill: { volumeMl, concentrationUgPerMl },
    note: `Recorded on the refill board by ${person.name}.`,
    ...(person.environment === 'test' && { test: true }),
  };
}

function occurredAt({ day, time }: RefillReport, timeZone: string): string {
  if (time === '') return day;
  const there = Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(timeZone);
  return there.toString({ timeZoneName: 'never', smallestUnit: 'second' });
}

export interface RefillFormContent {
  readonly viewer: Viewer;
  readonly line: BoardLine;
  readonly pumps: readonly NamedPump[];
  readonly reportId: string;
  readonly timeZone: string;
  /** Why what was sent is no report. */
  readonly problems?: readonly string[] | undefined;
}

/** A refill that was done elsewhere or at home and that no system reported. */
export function refillForm(content: RefillFormContent): Html {
  const { viewer, line, pumps, reportId, timeZone, problems = [] } = content;
  if (pumps.length === 0 || line.recordNumbers.length === 0) return html``;
  return html`<section aria-labelledby="report"><h2 id="report">Report a refill that no system reported</h2>
<p>Such as one at home or elsewhere. It becomes part of the record as an event, under your name, and goes where all events go.
Volume and concentration are needed; where you do not know them, write a note instead.</p>
${problems.length > 0 && html`<div class="label open" role="alert"><p><strong>Nothing was recorded.</strong></p><ul>${problems.map((one) => html`<li>${one}</li>`)}</ul></div>`}
<form class="stacked" method="post" action="/board/patients/${line.patient}/refill">
${tokenField(viewer)}<input type="hidden" name="reportId" value="${reportId}">
<label for="refill-pump">Pump</label>
<select id="refill-pump" name="device">${pumps.map(pumpOption)}</select>
<label for="refill-day">Day of the refill</label>
<input id="refill-day" name="day" type="date" required>
<label for="refill-time">Time (${timeZone}), if known</label>
<input id="refill-time" name="time" type="time">
<label for="refill-setting">Where</label>
<select id="refill-setting" name="setting" required><option value="">Choose</option>${Object.entries(settingNames).map(
    ([code, words]) => html`<option value="${code}">${words}</option>`,
  )}</select>
<label for="refill-place">Name of the place, if known</label>
<input id="refill-place" name="place" maxlength="200" autocomplete="off">
<label for="refill-volume">Volume in the reservoir after the fill, in mL</label>
<input id="refill-volume" name="volumeMl" type="number" min="0" step="any" required inputmode="decimal">
<label for="refill-concentration">Concentration, in mcg/mL (not mg/mL)</label>
<input id="refill-concentration" name="concentrationUgPerMl" type="number" min="0" step="any" required inputmode="decimal">
<label for="refill-measured">Volume withdrawn before the fill, in mL, if measured</label>
<input id="refill-measured" name="measuredMl" type="number" min="0" step="any" inputmode="decimal">
<button type="submit">Record this refill</button>
</form></section>`;
}

const pumpOption = ({ device, manufacturer, model, serialNumber }: NamedPump): Html =>
  html`<option value="${device}">${[manufacturer, model ?? [], serialNumber].flat().join(' ')}</option>`;
