import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * The rules of the map, held against every source. Each rule is a function of one source, and each is shown a source
 * that breaks it: a rule that cannot fail is worth nothing.
 */
const projectDir = resolve(import.meta.dirname, '..');
const sources = ['src', 'test', 'bench', 'profiles'].flatMap(sourcesIn);

interface Source {
  /** From the project folder, e.g. `src/sync/plan.ts`. */
  readonly path: string;
  readonly text: string;
}

interface Rule {
  readonly says: string;
  /** What in this source breaks the rule; empty where nothing does. */
  readonly broken: (source: Source) => readonly string[];
  /** Sources that break it. */
  readonly spoiled: readonly Source[];
}

/** What each folder of `src` may import of ours. Files directly in `src`, `commands`, `operate`, `readers` and `receiving` may import everything. */
const vocabulary = ['event', 'therapy', 'fhir', 'auth', 'store', 'outgoing'];
const mayImport: Readonly<Record<string, readonly string[]>> = {
  event: [],
  therapy: ['event'],
  fhir: ['event'],
  outgoing: ['event'],
  auth: ['event', 'fhir', 'outgoing'],
  store: [],
  audit: ['fhir', 'store'],
  intake: vocabulary,
  ledger: vocabulary,
  mapping: vocabulary,
  outbox: vocabulary,
  sync: vocabulary,
  review: vocabulary,
  views: vocabulary,
  sandbox: ['fhir'],
  client: ['views'],
};
const meetingPlaces = new Set(['', 'commands', 'operate', 'readers', 'receiving']);

const rules: readonly Rule[] = [
  {
    says: 'a folder imports only what the map allows: no stage another stage, no vocabulary a stage',
    broken: (source) => {
      const own = folderOf(source.path);
      if (own === undefined || meetingPlaces.has(own)) return [];
      const allowed = mayImport[own];
      if (!allowed) return [`folder ${own} is not on the map`];
      return importsOf(source).flatMap((target) => {
        const folder = folderOf(target);
        return folder === undefined || folder === own || allowed.includes(folder) ? [] : [target];
      });
    },
    spoiled: [
      { path: 'src/mapping/desired.ts', text: "import { plan } from '../sync/plan.ts';" },
      { path: 'src/event/parse.ts', text: "import type { Entry } from '../therapy/history.ts';" },
      { path: 'src/therapy/history.ts', text: "export { append } from '../ledger/append.ts';" },
      { path: 'src/store/store.ts', text: "const later = await import('../outbox/claim.ts');" },
      { path: 'src/sandbox/sandbox.ts', text: "import { Entry } from '../therapy/history.ts';" },
      { path: 'src/ledger/append.ts', text: "import { config } from '../config.ts';" },
      { path: 'src/views/export/write.ts', text: "import '../../review/list.ts';" },
      { path: 'src/extras/thing.ts', text: '' },
    ],
  },
  {
    says: 'the sandbox is imported only from files directly in src, and from tests',
    broken: (source) => {
      const own = folderOf(source.path);
      if (own === undefined || own === '' || own === 'sandbox') return [];
      return importsOf(source).filter((target) => folderOf(target) === 'sandbox');
    },
    spoiled: [{ path: 'src/commands/serve.ts', text: "import { sandbox } from '../sandbox/sandbox.ts';" }],
  },
  {
    says: 'event, therapy, mapping, tailor and plan do no I/O',
    broken: (source) =>
      isPure(source.path)
        ? [
            ...importsOf(source).filter((target) => /^node:(?!util$)/.test(target) || outsideWorld.has(target)),
            ...found(source, /\b(fetch|setTimeout|setInterval|console|process)\b\s*[.(]/g),
          ]
        : [],
    spoiled: [
      { path: 'src/therapy/flow.ts', text: "import { readFileSync } from 'node:fs';" },
      { path: 'src/mapping/desired.ts', text: "import { request } from 'node:http';" },
      { path: 'src/sync/plan.ts', text: "import { Client } from 'pg';" },
      { path: 'src/event/parse.ts', text: "console.log('seen');" },
    ],
  },
  {
    says: 'event, therapy, mapping, tailor and plan read no clock and no chance',
    broken: (source) =>
      isPure(source.path)
        ? found(
            source,
            /\bDate\.now\b|\bnew Date\b|\bTemporal\.Now\b|\bperformance\.now\b|\bMath\.random\b|randomUUID/g,
          )
        : [],
    spoiled: [
      { path: 'src/therapy/flow.ts', text: 'const now = Date.now();' },
      { path: 'src/event/time.ts', text: 'const day = new Date(text);' },
      { path: 'src/mapping/desired.ts', text: 'const at = Temporal.Now.instant();' },
      { path: 'src/sync/tailor.ts', text: 'const started = performance.now();' },
      { path: 'src/sync/document/report-text.ts', text: 'const today = Temporal.Now.plainDateISO();' },
      { path: 'src/sync/plan.ts', text: 'const id = Math.random();' },
    ],
  },
  {
    says: 'fhir-kit-client is used only in src/sync',
    broken: (source) => packageOutside(source, 'fhir-kit-client', ['sync']),
    spoiled: [{ path: 'src/views/read.ts', text: "import Client from 'fhir-kit-client';" }],
  },
  {
    says: 'jose is used only in src/auth and src/sandbox',
    broken: (source) => packageOutside(source, 'jose', ['auth', 'sandbox']),
    spoiled: [{ path: 'src/http.ts', text: "import { jwtVerify } from 'jose';" }],
  },
  {
    says: 'openid-client and iron-session are used only in src/auth',
    broken: (source) => ['openid-client', 'iron-session'].flatMap((name) => packageOutside(source, name, ['auth'])),
    spoiled: [{ path: 'src/readers/people.ts', text: "import { discovery } from 'openid-client';" }],
  },
  {
    says: 'what connects, slows and breaks off requests is used only in src/outgoing',
    broken: (source) =>
      ['undici', 'ipaddr.js', 'cockatiel', 'limiter'].flatMap((name) => packageOutside(source, name, ['outgoing'])),
    spoiled: [
      { path: 'src/sync/fhir-client.ts', text: "import { Agent } from 'undici';" },
      { path: 'src/worker.ts', text: "import { circuitBreaker } from 'cockatiel';" },
    ],
  },
  {
    says: 'what runs in browsers loads nothing but its own folder: only types come from elsewhere',
    broken: (source) =>
      isBrowserCode(source.path) ? found(source, /^import\s+(?!type\b)[^;'"]*['"](?!\.\/)[^'"]+['"]/gm) : [],
    spoiled: [
      { path: 'src/views/app/page/home.ts', text: "import { zod } from 'zod';" },
      { path: 'src/views/app/page/home.ts', text: "import { launchAt } from '../launches.ts';" },
    ],
  },
  {
    says: 'browser builds of libraries are served by src/views/app alone',
    broken: (source) =>
      source.path.startsWith('src/') && !source.path.startsWith('src/views/app/')
        ? importsOf(source).filter((target) => ['fhirclient', '@observablehq/plot', 'd3'].includes(target))
        : [],
    spoiled: [{ path: 'src/views/board/chart.ts', text: "import * as d3 from 'd3';" }],
  },
  {
    says: 'process.env is read only in src/config.ts and src/main.ts',
    broken: (source) =>
      !source.path.startsWith('src/') || ['src/config.ts', 'src/main.ts'].includes(source.path)
        ? []
        : found(source, /\bprocess\s*(\.\s*env\b|\[\s*['"]env)|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/g),
    spoiled: [
      { path: 'src/worker.ts', text: "const key = process.env['KEY'];" },
      { path: 'src/http.ts', text: 'const { env } = process;' },
    ],
  },
  {
    says: 'no file or folder has a name that says nothing',
    broken: ({ path }) => path.split(/[/.]/).filter((part) => emptyNames.has(part)),
    spoiled: [
      { path: 'src/utils/x.ts', text: '' },
      { path: 'src/sync/helpers.ts', text: '' },
      { path: 'test/therapy/types.ts', text: '' },
    ],
  },
  {
    says: 'no file has more than 400 lines',
    broken: ({ text }) => (text.split('\n').length > 401 ? ['too long'] : []),
    spoiled: [{ path: 'src/long.ts', text: 'x;\n'.repeat(401) }],
  },
  {
    says: 'no file only passes on what others export',
    broken: (source) => (/(^|\/)index\.ts$/.test(source.path) || onlyPassesOn(source) ? ['a barrel'] : []),
    spoiled: [
      { path: 'src/event/all.ts', text: "/** All. */\nexport * from './a.ts';\nexport { b, type C } from './b.ts';\n" },
      { path: 'src/sync/index.ts', text: 'export const one = 1;' },
    ],
  },
  {
    says: 'no promise is thrown away with void',
    // An Express answer is no promise: `=> void response.json(…)` only says that the handler returns nothing.
    broken: (source) =>
      source.path.startsWith('src/') ? found(source, /(^\s*|=>\s*)void\s+(?!response\.)[\w.]+\s*\(/gm) : [],
    spoiled: [
      { path: 'src/worker.ts', text: '  void run();' },
      { path: 'src/http.ts', text: 'app.get(path, () => void send());' },
    ],
  },
  {
    says: 'types are erasable: no enum, no namespace',
    broken: (source) =>
      found(source, /^\s*(export\s+|declare\s+|const\s+)*(enum|namespace|module)\s+[A-Za-z_]\w*\s*\{/gm),
    spoiled: [
      { path: 'src/a.ts', text: 'export const enum Color { Red }' },
      { path: 'src/b.ts', text: 'namespace Pump {\n}' },
    ],
  },
];

describe('the architecture', () => {
  it('is read from all sources', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(sources.filter(({ path }) => importsOf({ path, text: read(path) }).length > 0).length).toBeGreaterThan(120);
  });

  describe.each(rules)('$says', ({ broken, spoiled }) => {
    it('holds in every source', () => {
      const offences = sources.flatMap((source) => broken(source).map((what) => `${source.path}: ${what}`));
      expect(offences).toEqual([]);
    });

    it.each(spoiled)('is broken by such a $path', (source) => {
      expect(broken(source)).not.toEqual([]);
    });
  });

  it('leaves a comment out of account', () => {
    const source = {
      path: 'src/therapy/flow.ts',
      text: "// never Date.now()\n/* import 'node:fs' */\nconst at = 'Z';",
    };
    expect(rules.flatMap(({ broken }) => broken(source))).toEqual([]);
  });
});

const emptyNames = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'services', 'types', 'constants']);
const outsideWorld = new Set(['express', 'kysely', 'pg', 'pino', 'fhir-kit-client', 'jose', 'commander']);
const pureFiles = new Set(
  ['plan', 'tailor', 'tell', 'standing', 'changeable', 'page'].map((name) => `src/sync/${name}.ts`),
);
const pureFolders = new Set(['event', 'therapy', 'mapping']);
/** What tailoring is made of. The sender of messages talks, and a PDF states its time as a Date. */
const pureParts = /^src\/sync\/(projection|document|message|worklist)\/(?!(send|mllp|acknowledgement|pdf)\.ts$)/;

const isBrowserCode = (path: string): boolean => /^src\/views\/[^/]+\/page\//.test(path);

function isPure(path: string): boolean {
  return pureFiles.has(path) || pureParts.test(path) || pureFolders.has(folderOf(path) ?? '');
}

/** The folder of src that a path lies in; `''` directly in src, undefined outside. */
function folderOf(path: string): string | undefined {
  const [root, ...rest] = path.split('/');
  if (root !== 'src') return undefined;
  return rest.length > 1 ? rest[0] : '';
}

/** What a source imports or passes on: a path from the project folder where it is ours, else the name as written. */
function importsOf(source: Source): string[] {
  const named = withoutComments(source.text).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g);
  return [...named].map(([, name = '']) =>
    name.startsWith('.') ? relative(projectDir, resolve(projectDir, source.path, '..', name)) : name,
  );
}

function packageOutside(source: Source, name: string, folders: readonly string[]): readonly string[] {
  const folder = folderOf(source.path);
  if (folder === undefined || folders.includes(folder)) return [];
  return importsOf(source).filter((target) => target === name || target.startsWith(`${name}/`));
}

function onlyPassesOn({ text }: Source): boolean {
  const passedOn = /export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s*from\s*['"][^'"]+['"];?/g;
  const code = withoutComments(text);
  return passedOn.test(code) && code.replace(passedOn, '').trim() === '';
}

const found = ({ text }: Source, pattern: RegExp): string[] =>
  [...withoutComments(text).matchAll(pattern)].map(([match]) => match.trim());

/** Strings are matched first, so that `https://` in one does not begin a comment. */
function withoutComments(text: string): string {
  const tokens = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/.*|\/\*[\s\S]*?\*\//g;
  return text.replace(tokens, (token) => (/^\/[/*]/.test(token) ? '' : token));
}

function sourcesIn(folder: string): Source[] {
  const names = readdirSync(join(projectDir, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => join(folder, name))
    .map((path) => ({ path, text: read(path) }));
}

function read(path: string): string {
  return readFileSync(join(projectDir, path), 'utf8');
}
