import { equals, ml } from '../quantity.ts';
import { type Checked, type Finding, severityBy } from './finding.ts';

/** A label that says of the reservoir what its model denies: model or size was taken from another pump. */
export function checkLabel({ event, model }: Checked): readonly Finding[] {
  const stated = event.pump?.reservoirMl;
  const ofModel = model?.reservoirMl;
  if (stated === undefined || ofModel === undefined || equals(ml(stated), ml(ofModel))) return [];
  const message = 'the label states another reservoir than this model has';
  const severity = severityBy(model, 'reservoirMl');
  return [{ code: 'label-contradicts-model', field: 'pump.reservoirMl', message, severity }];
}
