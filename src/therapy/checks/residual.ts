import { add, isMore, type Ml, magnitude, ml, subtract } from '../quantity.ts';
import type { ResidualAssessment } from '../residual.ts';
import type { Checked, Finding } from './finding.ts';

/** What came out of the reservoir, against the calculation, the reservoir itself and the source's own numbers. */
export function checkResidual(checked: Checked): readonly Finding[] {
  const { event, session } = checked;
  const stated = 'residual' in event ? event.residual : undefined;
  if (!stated) return [];
  const measured = volumeOf(stated.measuredMl);
  const expected = volumeOf(stated.expectedMl);
  return [
    ...discrepancy(session.residual),
    ...(measured ? impossible(checked, measured) : []),
    ...(measured && expected ? difference(checked, subtract(measured, expected), stated.differenceMl) : []),
    ...(expected ? expectation(checked, expected) : []),
  ];
}

const volumeOf = (stated: number | null | undefined): Ml | undefined =>
  stated === null || stated === undefined ? undefined : ml(stated);

function discrepancy(residual: ResidualAssessment | undefined): Finding[] {
  if (residual?.grade !== 'warn' && residual?.grade !== 'critical') return [];
  const message = `${residual.direction === 'more-left' ? 'more' : 'less'} was left in the reservoir than calculated`;
  return [{ code: 'residual-discrepancy', field: 'residual.measuredMl', message }];
}

function impossible({ label, model, before, settings }: Checked, measured: Ml): Finding[] {
  const capacityMl = label.reservoirMl ?? model?.reservoirMl;
  const tolerated = ml(settings.checks.fillVolumeMl);
  const found = (message: string): Finding => ({ code: 'residual-implausible', field: 'residual.measuredMl', message });
  if (capacityMl !== undefined && isMore(measured, ml(capacityMl))) {
    return [found('the volume measured is larger than the reservoir')];
  }
  if (before.lastFill && isMore(measured, add(before.lastFill.volumeMl, tolerated))) {
    return [found('the volume measured is larger than the last fill')];
  }
  return [];
}

/** The source's own comparison. Where ours is not possible, a difference in it is still told. */
function difference({ session, model, settings }: Checked, apart: Ml, statedMl: number | undefined): Finding[] {
  const { warn } = model?.residualDiscrepancy ?? settings.residualDiscrepancy;
  const isWrong = statedMl !== undefined && isMore(magnitude(subtract(apart, ml(statedMl))), rounding);
  const isOurs = session.residual !== undefined && session.residual.grade !== 'not-assessable';
  const found = (code: Finding['code'], field: string, message: string): Finding => ({ code, field, message });
  return [
    ...(isWrong
      ? [
          found(
            'sender-arithmetic-differs',
            'residual.differenceMl',
            'the difference stated is not measured less expected',
          ),
        ]
      : []),
    ...(!isOurs && isMore(magnitude(apart), ml(warn.volumeMl))
      ? [
          found(
            'residual-discrepancy',
            'residual.measuredMl',
            'the volume measured and the volume that the source expected differ',
          ),
        ]
      : []),
  ];
}

/** Sources write volumes to a tenth of a millilitre. */
const rounding = ml(0.1);

function expectation({ session, settings }: Checked, expected: Ml): Finding[] {
  const ours = session.residual?.expectedMl;
  const tolerated = ml(settings.checks.expectedResidualMl);
  if (!ours || !isMore(magnitude(subtract(expected, ours)), tolerated)) return [];
  return [
    {
      code: 'reported-differs-from-calculated',
      field: 'residual.expectedMl',
      message: 'the source expected another residual volume than is calculated here',
      severity: 'information',
    },
  ];
}
