import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { overrideReasons } from '../../../src/views/cds-hooks/override-reasons.ts';

const system = 'https://w3id.org/itb-fhir/CodeSystem/itb-card-override';

it('every reason to set a card aside is in our CodeSystem, under the same words', () => {
  const own = JSON.parse(readFileSync(join(import.meta.dirname, '../../../mappings/codes-own.json'), 'utf8'));
  const defined = (own as { system: string; code: string; display: string }[])
    .filter((one) => one.system === system)
    .map(({ code, display }) => ({ system, code, display }));
  const offered = overrideReasons(
    ...(['checked-with-programmer', 'refilled-elsewhere', 'pump-team-informed', 'planned'] as const),
    ...(['mr-clarified', 'rescue-plan', 'intended-together', 'not-relevant-now'] as const),
  );
  expect(defined).toEqual(offered);
});
