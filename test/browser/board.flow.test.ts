import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BoardService, startBoardService } from '../views/board/board-service.ts';
import { tellClinic } from '../views/board/listing.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { accessibilityFaults, desktop, phone, seenAs, visitor } from './visitor.ts';

/** A click has begun a navigation; it has not ended it. */
const patience = { timeout: 10_000 };

describe.skipIf(chromiumPath === undefined)('the refill board in a browser', () => {
  let service: BoardService;
  let chromium: Browser;
  let ids: ReadonlyMap<string, string>;
  beforeAll(async () => {
    [service, chromium] = await Promise.all([startBoardService(), startChromium()]);
    ids = await tellClinic(service);
  });
  afterAll(async () => {
    await chromium.close();
    await service.close();
  });

  /** A browser of its own, signed in at the provider as a person does it. */
  async function signedIn(account: string, look: BrowserContextOptions = {}): Promise<Page> {
    const { page } = await visitor(chromium, look);
    await page.goto(`${service.url}/board`);
    await page.getByRole('link', { name: account }).click();
    await page.waitForURL(`${service.url}/board`);
    return page;
  }

  const order = async (page: Page) => page.locator('tbody th a').allTextContents();
  const patientPage = (number: string) => `${service.url}/board/patients/${ids.get(number)}`;

  it('is reached by signing in, and sorted by its headings', async () => {
    const page = await signedIn('nora');
    await expect.poll(() => order(page), patience).toEqual(['LATE', 'PAST', 'SOON', 'STABLE', 'UNKNOWN']);
    await page.getByRole('link', { name: 'Due by' }).click();
    await expect.poll(() => order(page), patience).toEqual(['STABLE', 'SOON', 'PAST', 'LATE', 'UNKNOWN']);
    expect(await page.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    await page.getByRole('link', { name: /^Due within 7 days/ }).click();
    await expect.poll(() => order(page), patience).toEqual(['SOON']);
    await expect
      .poll(() => page.locator('nav a[aria-current="page"]').textContent(), patience)
      .toBe('Due within 7 days 1');
    await page.context().close();
  });

  it('finds a record number without showing it in the address', async () => {
    const page = await signedIn('nora');
    await page.getByLabel('Record number (whole)').fill('STABLE');
    await page.getByRole('button', { name: 'Find' }).click();
    await expect.poll(() => order(page), patience).toEqual(['STABLE']);
    expect(page.url()).not.toContain('STABLE');
    await page.getByRole('button', { name: 'Show everybody again' }).click();
    await expect.poll(() => order(page), patience).toHaveLength(5);
    await page.context().close();
  });

  it('keeps what is noted, and shows both to the second of two who write', async () => {
    const [nora, otto] = [await signedIn('nora'), await signedIn('otto')];
    await nora.getByRole('link', { name: 'Edit the note of STABLE' }).click();
    await otto.goto(patientPage('STABLE'));
    await nora.getByLabel('Looked after by').fill('Nora');
    await nora.getByLabel('Refill booked for').fill('2024-11-27');
    await nora.getByRole('button', { name: 'Save' }).click();
    await nora.waitForURL(patientPage('STABLE'));
    await otto.getByLabel('Note', { exact: true }).fill('call first');
    await otto.getByRole('button', { name: 'Save' }).click();
    expect(await otto.getByRole('alert').textContent()).toContain('Nora Nurse changed this meanwhile.');
    expect(await violations(otto)).toEqual([]);
    await otto.getByRole('button', { name: 'Save' }).click();
    await otto.goto(`${service.url}/board`);
    const row = otto.locator('tbody tr', { hasText: 'STABLE' });
    expect(await row.locator('.note').textContent()).toBe('call first');
    await Promise.all([nora.context().close(), otto.context().close()]);
  });

  it('takes a refill at home, and moves the patient to where that puts them', async () => {
    const page = await signedIn('nora');
    await page.goto(patientPage('PAST'));
    await page.getByLabel('Day of the refill').fill('2024-11-19');
    await page.getByLabel(/^Time/).fill('10:00');
    await page.getByLabel('Where').selectOption('at home');
    await page.getByLabel('Volume in the reservoir after the fill, in mL').fill('38');
    await page.getByLabel('Concentration, in mcg/mL (not mg/mL)').fill('2000');
    await page.getByRole('button', { name: 'Record this refill' }).click();
    await page.waitForURL(patientPage('PAST'));
    expect(await page.getByText('The last refill reported was on 2024-11-19, at home.').count()).toBe(1);
    await page.context().close();
  });

  it('is gone after signing out, though the provider still knows who was there, and for the back button, too', async () => {
    const page = await signedIn('nora');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${service.url}/sign-in/ended`);
    await page.goBack();
    expect(await page.locator('table').count()).toBe(0);
    await page.context().close();
  });

  it('says that nothing was saved where the session ended while somebody wrote', async () => {
    const page = await signedIn('otto');
    await page.goto(patientPage('LATE'));
    await page.getByLabel('Note', { exact: true }).fill('too late');
    await page.context().clearCookies({ name: 'itb-session' });
    await page.getByRole('button', { name: 'Save' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Your session has ended');
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  });

  it('has no barrier that axe-core finds, in light and dark, at each size, and nothing beside the edge', async () => {
    const guest = await visitor(chromium);
    await guest.page.goto(`${service.url}/board`);
    await guest.page.getByRole('link', { name: 'nora' }).click();
    await guest.page.waitForURL(`${service.url}/board`);
    for (const address of [`${service.url}/board`, patientPage('LATE'), `${service.url}/sign-in/ended`]) {
      await guest.page.goto(address);
      for (const look of looks) {
        await seenAs(guest, look);
        expect(await accessibilityFaults(guest), address).toEqual([]);
        expect(await guest.page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
      }
    }
    expect(guest.complaints).toEqual([]);
    await guest.close();
  });
});

const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [desktop, phone].map((viewport) => ({ colorScheme, viewport })),
);

/** What axe-core finds on a page that came of what a person did. */
const violations = (page: Page): Promise<string[]> =>
  accessibilityFaults({ page, complaints: [], asked: [], close: async () => undefined });
