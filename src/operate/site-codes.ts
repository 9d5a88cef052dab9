import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { App } from '../app.ts';
import type { UnmappedCode } from '../intake/item.ts';
import { appendAudit } from '../store/audit.ts';
import type { Decider, Decision } from './review-decision.ts';

/** A row for the site's own code tables. */
export interface SiteCode extends UnmappedCode {
  readonly target: { readonly system: string; readonly code: string };
  /** Whether both mean the same, or ours means more than theirs. */
  readonly equivalence: 'equivalent' | 'wider';
  /** Kept beside the row. */
  readonly reason: string;
}

/**
 * Adds a row to the site's own ConceptMap, in `mappingsOverlayDir`: it stands over the tables that ship, and an update of
 * the adapter leaves it alone. It counts at once for what is read from now on.
 */
export async function addSiteCode(app: App, { tenant, actor }: Decider, row: SiteCode): Promise<Decision> {
  const refusal = unusable(app, row);
  if (refusal) return { outcome: 'nothing-to-retry', says: refusal };
  const at = app.now();
  const comment = `${row.reason} (${actor}, ${at.toString().slice(0, 10)})`;
  const undo = write(app.config.mappingsOverlayDir, row, comment);
  if (undo === 'being-written')
    return { outcome: 'nothing-to-retry', says: 'Somebody else is writing this table: once more.' };
  const reloaded = app.reloadTables();
  const isUsable = reloaded.kind === 'usable';
  if (!isUsable) undo();
  const detail = { conceptMap: row.conceptMap, target: `${row.target.system}|${row.target.code}`, reason: row.reason };
  const outcome = isUsable ? 'done' : 'refused';
  try {
    await appendAudit(app.store.db, {
      tenant,
      at: at.epochMilliseconds,
      action: 'code-mapped',
      actor,
      outcome,
      detail,
    });
  } catch (error) {
    // What nobody wrote down does not stand.
    if (isUsable) undo();
    throw error;
  }
  if (isUsable) return { outcome: 'done', says: 'The code is in the table of this site now.' };
  return { outcome: 'nothing-to-retry', says: `A table cannot be used as it was edited. ${reloaded.says}` };
}

function unusable({ codes }: App, { conceptMap, target, system, code }: SiteCode): string | undefined {
  if (codes.translate(conceptMap, system, code)) return 'This code is in the table already: retry the item.';
  const isOfMap = codes.targetSystems(conceptMap).includes(target.system);
  const isListed = codes.codesOf(target.system).some((one) => one.code === target.code);
  return isOfMap && isListed ? undefined : 'Choose a code of the list: nothing else can be sent to a hospital.';
}

const element = z.looseObject({ code: z.string() });
const siteMap = z.looseObject({
  resourceType: z.literal('ConceptMap'),
  url: z.string(),
  group: z.array(z.looseObject({ source: z.string(), target: z.string(), element: z.array(element) })),
});
type SiteMap = z.output<typeof siteMap>;

/** Returns what takes it back. */
function write(overlayDir: string, row: SiteCode, comment: string): (() => void) | 'being-written' {
  const folder = join(overlayDir, 'conceptmaps');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${nameOf(row.conceptMap)}.json`);
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const map = before === undefined ? emptyMap(row.conceptMap) : siteMap.parse(JSON.parse(before));
  const { code, display, target, equivalence } = row;
  const added = { code, ...(display && { display }), target: [{ code: target.code, equivalence, comment }] };
  const isWritten = replaceFile(path, `${JSON.stringify(withElement(map, row, added), null, 2)}\n`);
  if (!isWritten) return 'being-written';
  return () => (before === undefined ? rmSync(path) : void replaceFile(path, before));
}

/** Of a canonical its last part, which is how its shipped file is called, too. */
const nameOf = (url: string): string => (url.split('/').at(-1) ?? '').replace(/[^\w.-]/g, '-') || 'site';

const emptyMap = (url: string): SiteMap => ({
  ...{ resourceType: 'ConceptMap', url, id: nameOf(url), status: 'active' },
  description: 'Codes of this site, over those that ship with the adapter.',
  group: [],
});

function withElement(map: SiteMap, { system, target }: SiteCode, added: SiteMap['group'][number]['element'][number]) {
  const isGroup = (group: SiteMap['group'][number]) => group.source === system && group.target === target.system;
  const group = map.group.find(isGroup) ?? { source: system, target: target.system, element: [] };
  const element = [...group.element.filter(({ code }) => code !== added.code), added];
  return { ...map, group: [...map.group.filter((one) => one !== group), { ...group, element }] };
}

/**
 * A reader sees the file before or the file after, never half of it. False: another process is at it; what one that died
 * left behind is taken over after a while.
 */
function replaceFile(path: string, text: string): boolean {
  const next = `${path}.new`;
  if (existsSync(next) && Date.now() - statSync(next).mtimeMs > longestWriteMs) rmSync(next, { force: true });
  try {
    writeFileSync(next, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  renameSync(next, path);
  return true;
}

const longestWriteMs = 10_000;
