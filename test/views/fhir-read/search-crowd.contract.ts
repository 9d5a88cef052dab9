import { describe, expect, it } from 'vitest';
import type { Empty } from './search.contract.ts';
import type { Searchable } from './search-answers.ts';

/** More than is sorted at once: 1,200 patients with a dose each, one in a hundred amended, and their pumps. */
const patients = 1_200;

const day = (index: number): string =>
  Temporal.PlainDate.from('2020-01-01')
    .add({ days: index % 600 })
    .toString();

const id = (index: number): string => `o${String(index).padStart(5, '0')}`;

async function crowd(empty: Empty): Promise<Searchable> {
  const there = empty();
  const observations = Array.from({ length: patients }, (_, index) => ({
    resourceType: 'Observation',
    id: id(index),
    status: index % 100 === 7 ? 'amended' : 'final',
    code: { coding: [{ system: index % 2 ? 'urn:odd' : 'urn:even', code: 'dose' }] },
    effectiveDateTime: day(index),
    device: { reference: `Device/d${index}` },
  }));
  const devices = Array.from({ length: patients }, (_, index) => ({
    resourceType: 'Device',
    id: `d${index}`,
    manufacturer: 'Medtronic',
    modelNumber: index === 1_100 ? 'rare' : 'usual',
  }));
  await there.put([...observations, ...devices]);
  return there;
}

const all = Array.from({ length: patients }, (_, index) => id(index));
const byDay = [...all.keys()].sort((a, b) => (a % 600) - (b % 600) || a - b).map(id);

export function describeCrowd(empty: Empty): void {
  describe('a search across many patients', () => {
    it('comes to all of them once, in one order, whatever finds them', async () => {
      const there = await crowd(empty);
      const through = async (query: string) => (await there.pages(`Observation?${query}&_count=500`)).flat();
      expect(await through('')).toEqual(all);
      expect(await through('code=dose')).toEqual(all);
      expect(await through('code=urn:odd|dose,urn:even|dose,x')).toEqual(all);
      expect(await through('code=dose&_sort=date')).toEqual(byDay);
      expect(await through('code=dose&_sort=-date')).toEqual(byDay.toReversed());
      expect(await through('code=dose&date=ge2020')).toEqual(byDay);
      expect(await through('code=dose&date=le2022')).toEqual(byDay);
      expect(await through('date=le2022')).toEqual(byDay);
      expect(await through('code=dose&_lastUpdated=ge2026')).toEqual(all);
      expect(await through('code=dose&_lastUpdated=ge2026&_sort=-_lastUpdated')).toEqual(all.toReversed());
      expect(await through('code=dose&code=urn:even|')).toEqual(all.filter((_, index) => index % 2 === 0));
      expect(await through(`code=dose,${Array.from({ length: 20 }, (_, index) => `x${index}`)}`)).toEqual(all);
    });

    it('goes by the condition that leaves little', async () => {
      const there = await crowd(empty);
      const amended = all.filter((_, index) => index % 100 === 7);
      expect(await there.found('Observation?code=dose&status=amended')).toEqual(amended);
      expect(await there.found('Observation?code=dose&status:not=final')).toEqual(amended);
      expect(await there.found('Observation?code=dose&date=2020-01-03')).toEqual([id(2), id(602)]);
      expect(await there.found('Observation?code=dose&status=amended&_sort=-_id')).toEqual(amended.toReversed());
      expect(await there.found('Observation?code=dose&status=amended&_sort=-date')).toEqual([
        ...byDay.toReversed().filter((one) => amended.includes(one)),
      ]);
      expect(await there.found('Device?manufacturer=medtronic&model=rare')).toEqual(['d1100']);
      expect(await there.found('Observation?device.model=rare')).toEqual([id(1_100)]);
      expect((await there.bundle('Observation?code=dose&status=amended&_count=5')).total).toBe(12);
    });

    it('by the beginning of a text comes to all of them', async () => {
      const there = await crowd(empty);
      expect((await there.pages('Device?manufacturer=med&_count=500')).flat()).toHaveLength(patients);
    });

    it.each(['code:missing=true', 'status:not=final', 'device:missing=false', 'code=urn:odd|'])(
      '%s alone is refused: no index answers it',
      async (query) => {
        const there = await crowd(empty);
        expect(await there.refusal(`Observation?${query}`)).toBe(
          '400 too-costly: This search looks at all patients. Name a patient, a code or a date.',
        );
        expect(await there.ask(`Observation?${query}&patient=p1`)).toMatchObject({ kind: 'found' });
        expect(await there.ask(`Observation?${query}&date=ge2020`)).toMatchObject({ kind: 'found' });
      },
    );

    it.each(['_id', 'status'])('is not sorted by %s', async (name) => {
      expect(await (await crowd(empty)).refusal(`Observation?code=dose&_sort=${name}`)).toBe(
        '400 too-costly: Search parameter "_sort" takes a date or _lastUpdated where the search is not confined to a patient.',
      );
    });

    it('does not follow a chain to more than five hundred', async () => {
      const there = await crowd(empty);
      expect(await there.refusal('Observation?device.manufacturer=medtronic')).toBe(
        '400 too-costly: Search parameter "device.manufacturer" finds too much. Name a patient.',
      );
      expect(await there.found('Observation?device.manufacturer=medtronic&patient=p2')).toEqual([]);
    });
  });
}
