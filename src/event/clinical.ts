import { alarm } from './alarm.ts';
import { assessment } from './assessment.ts';
import { baseline } from './baseline.ts';
import { bolus } from './bolus.ts';
import { carePlan } from './care-plan.ts';
import { complication } from './complication.ts';
import { consent } from './consent.ts';
import { death } from './death.ts';
import { doseChange } from './dose-change.ts';
import { enrolment } from './enrolment.ts';
import { explant } from './explant.ts';
import { followUp } from './follow-up.ts';
import { imaging } from './imaging.ts';
import { implant } from './implant.ts';
import { interrogation } from './interrogation.ts';
import { pumpStop } from './pump-stop.ts';
import { refill } from './refill.ts';
import { rescueMedication } from './rescue-medication.ts';
import { reservoirEmptied } from './reservoir-emptied.ts';
import { restart } from './restart.ts';
import { revision } from './revision.ts';
import { screeningBolus } from './screening-bolus.ts';
import { transfer } from './transfer.ts';

/** The kinds that say what happened to the patient or the pump. A correction can restate any of them. */
export const clinicalKinds = [
  implant,
  refill,
  doseChange,
  bolus,
  interrogation,
  alarm,
  complication,
  revision,
  pumpStop,
  restart,
  explant,
  screeningBolus,
  assessment,
  reservoirEmptied,
  imaging,
  rescueMedication,
  baseline,
  carePlan,
  followUp,
  consent,
  enrolment,
  transfer,
  death,
] as const;
