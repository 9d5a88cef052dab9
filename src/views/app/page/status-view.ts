import type { PumpStatus } from '../../pump-status/status-schema.ts';
import { alarmSection, complicationSection } from './alarm-sections.ts';
import { urgencyBanner } from './banner.ts';
import { type Child, element, section } from './elements.ts';
import { emergencySection } from './emergency-section.ts';
import { nameFacts } from './fact.ts';
import { glance } from './glance.ts';
import { personSection } from './person-section.ts';
import { programmeSection } from './programme-section.ts';
import { explantedSection, pumpSection } from './pump-section.ts';
import type { Reading } from './reading.ts';
import { refillSection } from './refill-section.ts';
import { conflictSection, reportSection } from './report-sections.ts';

/** The pump’s status as sections, the most pressing first. Everything in it is the answer that it is given. */
export function statusView(status: PumpStatus, inRecord: Reading['inRecord'], charts: Child): HTMLElement {
  nameFacts(status);
  const inUse = status.pumps.filter(({ state }) => state.value !== 'explanted');
  const takenOut = status.pumps.filter(({ state }) => state.value === 'explanted');
  return element(
    'div',
    { class: 'status' },
    urgencyBanner(status),
    inUse.length === 0 ? noPump() : inUse.map((pump) => glance(pump, status.carePlan)),
    emergencySection(status, inRecord),
    alarmSection(status),
    complicationSection(status),
    conflictSection(status),
    inUse.map((pump) => [programmeSection(pump), refillSection(pump), pumpSection(pump)]),
    personSection(status),
    charts,
    takenOut.map(explantedSection),
    reportSection(status),
  );
}

const noPump = () => section('glance', 'At a glance', element('p', {}, 'No pump in use was reported.'));
