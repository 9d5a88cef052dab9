import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';

/** A page in a context of its own, and everything that went wrong or out of it. */
export interface Visitor {
  readonly page: Page;
  /** Errors of scripts, what the console called an error, and breaches of the content security policy. */
  readonly complaints: readonly string[];
  /** Addresses asked for, without those of the page's own files. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

export const phone = { width: 375, height: 812 };
export const desktop = { width: 1280, height: 900 };

/** In a window of its own: who signs in here is signed in nowhere else. */
export async function visitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await windowOf(browser, options);
  return visiting(await context.newPage(), () => context.close());
}

/** In a window that newcomers share: the page's files are at hand, and nothing is known of who was there before. */
export async function newcomer(browser: Browser): Promise<Visitor> {
  const context = await shared.getOrInsertComputed(browser, () => windowOf(browser, {}));
  await context.clearCookies();
  const page = await context.newPage();
  return visiting(page, () => page.close());
}

const shared = new WeakMap<Browser, Promise<BrowserContext>>();

async function windowOf(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: desktop, timezoneId: 'Europe/Berlin', ...options });
  context.setDefaultTimeout(15_000);
  return context;
}

async function visiting(page: Page, close: Visitor['close']): Promise<Visitor> {
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // Browsers ask every origin for an icon.
    const isIcon = message.location().url.endsWith('/favicon.ico');
    if (message.type() === 'error' && !isIcon) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().includes('/app/assets/')) asked.push(`${request.method()} ${request.url()}`);
  });
  await page.exposeFunction('breach', (what: string) => complaints.push(what));
  await page.addInitScript({
    content:
      "addEventListener('securitypolicyviolation', (event) => breach(event.violatedDirective + event.blockedURI));",
  });
  return { page, complaints, asked, close };
}

export interface Look {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
}

/** From now on in a window of this size and in these colours. */
export async function seenAs({ page }: Visitor, { viewport = desktop, colorScheme = 'light' }: Look): Promise<void> {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
}

/** Goes where an EHR sends its user, and waits for whatever the page then shows. */
export async function launched({ page }: Visitor, site: string, iss: string, launch: string): Promise<void> {
  await page.goto(`${site}/app/launch?${new URLSearchParams({ iss, launch })}`);
  await page.waitForSelector('.status, .failure, .chooser');
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

/** What axe-core finds against WCAG 2.2 A and AA and its best practices, with the element. */
export async function accessibilityFaults({ page }: Visitor): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { run } = (globalThis as unknown as { axe: Axe }).axe;
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await run({ runOnly: tags });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

/** Of a PDF as Chromium writes it. */
export const pagesIn = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;

/** Keeps a picture in this folder, for whoever wants to look: no test looks at it. */
const shots = process.env.ITB_SHOTS;

export async function shot(
  seen: Page | Locator,
  name: string,
  options: { readonly fullPage?: boolean } = {},
): Promise<void> {
  if (shots) await seen.screenshot({ path: join(shots, name), ...options });
}
