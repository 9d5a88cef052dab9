import type { Observation } from '@medplum/fhirtypes';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Account, complicationNote, type ReviewSite, startReviewSite } from '../views/admin/review-site.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { accessibilityFaults, desktop, phone, type Visitor, visitor } from './visitor.ts';

const mrn = 'MRN-REVIEW-1';
const unknown = { code: 'catheter-fractured', display: 'Catheter fractured' };

describe.skipIf(chromiumPath === undefined)('the review page in a browser', () => {
  let site: ReviewSite;
  let chromium: Browser;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([startReviewSite(mrn), startChromium()]);
    const answer = await site.send('/hl7v2', 'x-application/hl7-v2+er7', complicationNote(mrn, unknown));
    expect(await answer.text()).toContain('MSA|AE');
  });
  afterAll(async () => {
    await chromium.close();
    await site.close();
  });

  async function signedIn(account: Account, look: BrowserContextOptions = {}): Promise<Visitor> {
    const guest = await visitor(chromium, look);
    await guest.page.goto(`${site.url}/admin/review`);
    await guest.page.getByRole('link', { name: account }).click();
    await guest.page.waitForURL(`${site.url}/admin/review`);
    return guest;
  }

  it.each([
    ['light', desktop],
    ['dark', phone],
  ] as const)(
    'has no barrier that axe-core finds, in %s at %o, and nothing beside the edge',
    async (colorScheme, viewport) => {
      const guest = await signedIn('ada', { colorScheme, viewport });
      for (const address of [`${site.url}/admin/review`, `${site.url}/admin/review/1`]) {
        await guest.page.goto(address);
        expect(await accessibilityFaults(guest)).toEqual([]);
        expect(await guest.page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
      }
      expect(guest.complaints).toEqual([]);
      await guest.close();
    },
  );

  it('shows a message that failed on an unmapped code, takes the code, reads it again, and the hospital has it', async () => {
    const { page, ...guest } = await signedIn('mia');
    expect(complicationsAt(site)).toEqual([]);
    await page.getByRole('link', { name: 'Item 1' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Item 1: code-unmapped');
    const marked = page.locator('mark');
    expect(await marked.allTextContents()).toEqual([`faulty: ${unknown.code}`]);
    expect(await page.locator('li.faulty').textContent()).toContain('OBX|1|CWE|itb-complication');

    const suggested = page.locator('optgroup').first().locator('option').first();
    expect(await suggested.textContent()).toBe('Catheter leak or fracture (catheter-leak-fracture)');
    await page.getByLabel('It means').selectOption({ label: 'Catheter leak or fracture (catheter-leak-fracture)' });
    await page.getByLabel('How you know').fill('the catalogue of the neurosurgeons');
    await page.getByRole('button', { name: 'Add to the table' }).click();
    expect(await page.getByRole('status').textContent()).toBe('The code is in the table of this site now.');
    expect(await page.locator('mark').count()).toBe(1);

    await page.getByRole('button', { name: 'Read it again' }).click();
    expect(await page.getByRole('status').textContent()).toBe('It is in the ledger now.');
    const history = page.getByRole('region', { name: 'What was decided' }).locator('li');
    expect(await history.allTextContents()).toEqual([
      expect.stringMatching(/Added a code to the table by mia, done: the catalogue of the neurosurgeons$/),
      expect.stringMatching(/Tried again by mia, done$/),
    ]);
    const [arrived] = await untilThere(() => complicationsAt(site));
    expect(arrived?.valueCodeableConcept?.coding?.[0]?.code).toBe('catheter-leak-fracture');
    await guest.close();
  });
});

const complicationsAt = ({ hospital }: ReviewSite): Observation[] =>
  hospital
    .resources('Observation')
    .filter((one): one is Observation => one.resourceType === 'Observation')
    .filter(({ code }) => code.coding?.some((coding) => coding.code === 'complication'));

async function untilThere<Found>(look: () => readonly Found[]): Promise<readonly Found[]> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (look().length > 0) return look();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return look();
}
