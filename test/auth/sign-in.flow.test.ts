import { get as httpGet } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BoardService, startBoardService } from '../views/board/board-service.ts';
import { implanted } from '../views/board/patients.ts';
import { browser, formTokenIn } from './browser.ts';

let service: BoardService;
beforeAll(async () => {
  service = await startBoardService();
});
afterAll(() => service.close());
afterEach(() => {
  vi.useRealTimers();
});

const audited = async (action: string) => {
  const rows = await service.app.store.db
    .selectFrom('audit')
    .select(['tenant', 'actor', 'outcome', 'detail'])
    .where('action', '=', action)
    .orderBy('seq')
    .execute();
  return rows.map(({ detail, ...row }) => ({ ...row, ...(JSON.parse(detail) as object) }));
};

const cookieOf = (answer: Response): string => answer.headers.getSetCookie().join('\n');

describe('signing in', () => {
  it('leads to the provider with PKCE, state and nonce, and back to the page that was asked for', async () => {
    const visitor = browser();
    const first = await visitor.request(`${service.url}/board?state=unknown`);
    expect([first.status, first.headers.get('location')]).toEqual([303, '/sign-in?return=%2Fboard%3Fstate%3Dunknown']);
    const begun = await visitor.request(service.url + first.headers.get('location'));
    const there = new URL(begun.headers.get('location') ?? '');
    expect([begun.status, there.origin]).toEqual([303, service.oidc.issuer]);
    const { searchParams: asked } = there;
    expect(asked.get('redirect_uri')).toBe(`${service.url}/sign-in/callback`);
    expect([asked.get('response_type'), asked.get('scope')]).toEqual(['code', 'openid profile']);
    expect(asked.get('prompt')).toBeNull();
    expect([asked.get('client_id'), asked.get('code_challenge_method')]).toEqual(['refill-board', 'S256']);
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
    const choice = await visitor.get(there.href);
    const page = await visitor.get(`${choice.url}?as=nora`);
    expect([page.status, page.url]).toEqual([200, `${service.url}/board?state=unknown`]);
    expect(page.text).toContain('Nora Nurse, clinic default');
  });

  it('is written down with its person', async () => {
    await service.signedIn('nora');
    expect((await audited('sign-in')).at(-1)).toEqual({
      ...{ tenant: 'default', actor: 'nora', outcome: 'done' },
      ...{ issuer: service.oidc.issuer, environment: 'test' },
    });
  });

  it('keeps the session in a sealed cookie that scripts and other sites do not get', async () => {
    const { visitor } = await service.signedIn('nora');
    const answer = await visitor.request(`${service.url}/board`);
    const cookie = cookieOf(answer);
    expect(cookie).toMatch(/^itb-session=[^;]+; Max-Age=1740; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(cookie).not.toContain('Nora');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['a role that means nothing here', 'zoe', 'no-role', 'you have no role here'],
    ['a provider that says no', 'nobody', 'declined', 'did not let you in'],
  ])('is refused with %s, and that is written down', async (_what, account, reason, words) => {
    const { visitor, page } = await service.signedIn(account);
    expect(page.status).toBe(403);
    expect(page.text).toContain(words);
    expect((await audited('sign-in')).at(-1)).toMatchObject({ outcome: 'refused', reason });
    expect((await visitor.request(`${service.url}/board`)).status).toBe(303);
  });

  it('is refused where the answer belongs to another attempt', async () => {
    const visitor = browser();
    await visitor.get(`${service.url}/board`);
    const page = await visitor.get(`${service.url}/sign-in/callback?code=abc&state=other&iss=${service.oidc.issuer}`);
    expect(page.status).toBe(403);
    expect(page.text).toContain('did not fit to what was asked');
    expect((await audited('sign-in')).at(-1)).toMatchObject({ outcome: 'refused', reason: 'invalid' });
  });

  it('is refused where it was not begun in this browser, and where it was finished before', async () => {
    const visitor = browser();
    const choice = await visitor.get(`${service.url}/board`);
    const resume = await visitor.request(`${choice.url}?as=nora`);
    const back = await visitor.request(resume.headers.get('location') ?? '');
    const callback = back.headers.get('location') ?? '';
    expect((await browser().get(callback)).status).toBe(400);
    expect((await visitor.get(callback)).status).toBe(200);
    const again = await visitor.get(callback);
    expect(again.status).toBe(400);
    expect(again.text).toContain('not begun in this browser');
  });

  it('returns to no page of another site', async () => {
    const visitor = browser();
    const choice = await visitor.get(`${service.url}/sign-in?return=${encodeURIComponent('https://evil.test/')}`);
    expect((await visitor.get(`${choice.url}?as=nora`)).url).toBe(`${service.url}/board`);
  });

  it('starts a session of its own: what the browser held before is not that of the person', async () => {
    const visitor = browser();
    const choice = await visitor.get(`${service.url}/board`);
    const before = [...visitor.cookies].find(([name]) => name.endsWith(' itb-session'))?.[1];
    const page = await visitor.get(`${choice.url}?as=nora`);
    const fresh = browser();
    fresh.cookies.set(`${new URL(service.url).host} itb-session`, before ?? '');
    expect(page.status).toBe(200);
    expect((await fresh.request(`${service.url}/board`)).status).toBe(303);
  });
});

describe('a session', () => {
  it('ends after half an hour in which nothing was asked', async () => {
    const { visitor } = await service.signedIn('nora');
    // The seal allows a minute between clocks.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 32 * 60_000 });
    expect((await visitor.request(`${service.url}/board`)).status).toBe(303);
  });

  it('lives on where something is asked within half an hour', async () => {
    const { visitor } = await service.signedIn('nora');
    const start = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: start + 20 * 60_000 });
    expect((await visitor.request(`${service.url}/board`)).status).toBe(200);
    vi.setSystemTime(start + 40 * 60_000);
    expect((await visitor.request(`${service.url}/board`)).status).toBe(200);
  });

  it('is no session with a changed seal', async () => {
    const { visitor } = await service.signedIn('nora');
    const [name = '', seal = ''] = [...visitor.cookies].find(([key]) => key.endsWith(' itb-session')) ?? [];
    visitor.cookies.set(name, `${seal.slice(0, 120)}${seal[120] === 'A' ? 'B' : 'A'}${seal.slice(121)}`);
    expect((await visitor.request(`${service.url}/board`)).status).toBe(303);
  });

  it('ends for good when its person signs out, also where somebody kept a copy of its cookie', async () => {
    const { visitor, page } = await service.signedIn('nora');
    const copy = browser();
    for (const [name, value] of visitor.cookies) copy.cookies.set(name, value);
    expect((await copy.request(`${service.url}/board`)).status).toBe(200);
    const left = await visitor.post(`${service.url}/sign-out`, { formToken: formTokenIn(page) });
    expect([left.status, left.url]).toEqual([200, `${service.url}/sign-in/ended`]);
    expect(left.text).toContain('You are signed out');
    expect((await visitor.request(`${service.url}/board`)).status).toBe(303);
    expect((await copy.request(`${service.url}/board`)).status).toBe(303);
    const again = await visitor.request(`${service.url}/sign-in`);
    expect(new URL(again.headers.get('location') ?? '').searchParams.get('prompt')).toBe('login');
    expect((await audited('sign-out')).at(-1)).toMatchObject({ tenant: 'default', actor: 'nora', outcome: 'done' });
  });

  it('is asked for in words that programs understand where no page is wanted', async () => {
    const answer = await fetch(`${service.url}/board.json`, { headers: { accept: 'application/json' } });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="fhir"']);
    expect(await answer.json()).toEqual({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'login', diagnostics: 'Nobody is signed in.' }],
    });
  });
});

describe('a request that changes something', () => {
  const leave = async (form: Record<string, string>, headers: Record<string, string>) => {
    const { visitor, page } = await service.signedIn('nora');
    const filled = 'formToken' in form ? form : { ...form, formToken: formTokenIn(page) };
    return (await visitor.post(`${service.url}/sign-out`, filled, headers)).status;
  };

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['a page of another site', {}, { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of our host', {}, { 'sec-fetch-site': 'same-site' }],
    ['an address that somebody typed', {}, { 'sec-fetch-site': 'none' }],
    ['an older browser at another site', {}, { origin: 'https://evil.test' }],
    ['something that does not say where it comes from', {}, {}],
    ['a page without the token', { formToken: '' }, { 'sec-fetch-site': 'same-origin' }],
    ['a page with another token', { formToken: 'x'.repeat(32) }, { 'sec-fetch-site': 'same-origin' }],
  ])('is refused from %s', async (_where, form, headers) => {
    expect(await leave(form, headers)).toBe(403);
  });

  it('is done from a page of ours, in an older browser too', async () => {
    expect(await leave({}, { 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await leave({}, { origin: service.url })).toBe(200);
  });
});

describe('the longest session', () => {
  it('ends after eight hours, however much was asked meanwhile', async () => {
    const other = await startBoardService();
    const { visitor } = await other.signedIn('nora');
    other.pass({ hours: 7, minutes: 59, seconds: 50 });
    expect((await visitor.request(`${other.url}/board`)).status).toBe(200);
    other.pass({ seconds: 10 });
    expect((await visitor.request(`${other.url}/board`)).status).toBe(303);
    await other.close();
  });
});

describe('a provider', () => {
  it('that does not answer is no reason not to start: it is said to whoever wants to sign in', async () => {
    const other = await startBoardService();
    await other.oidc.close();
    const page = await browser().get(`${other.url}/board`);
    expect(page.status).toBe(503);
    expect(page.text).toContain('Signing in is not possible at the moment');
    await other.close();
  });
});

describe('people of several clinics', () => {
  it('are of the clinic that their claim names, where it is looked after here', async () => {
    const sources = { 'urn:north': { tenant: 'default' }, 'urn:south': { tenant: 'south' } };
    const other = await startBoardService({ sources }, { signIn: { tenantClaim: 'clinic' } });
    expect((await other.signedIn('nora')).page.text).toContain('Nora Nurse, clinic default');
    const { page } = await other.signedIn('kim');
    expect([page.status, page.text.includes('for no clinic that is looked after here')]).toEqual([403, true]);
    await other.close();
  });
});

describe('where nobody signs in', () => {
  it('this machine is answered, and every page says so', async () => {
    const other = await startBoardService({}, { signIn: 'none' });
    const page = await browser().get(`${other.url}/board`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Open to this machine only, nobody is signed in.');
    expect(page.text).not.toContain('Sign out');
    expect((await browser().get(`${other.url}/sign-in`)).status).toBe(404);
    await other.close();
  });

  it('a name that a stranger made to mean this machine is not answered', async () => {
    const other = await startBoardService({}, { signIn: 'none' });
    const answers = await Promise.all(
      ['evil.test', '127.0.0.1.evil.test', 'localhost'].map((name) => askedAs(other.url, name)),
    );
    expect(answers).toEqual([421, 421, 200]);
    const brought = { 'x-forwarded-for': '192.0.2.7' };
    expect(await askedAs(other.url, 'localhost', brought)).toBe(421);
    await other.close();
  });

  it('changes carry no name, and come from a page of this machine', async () => {
    const other = await startBoardService({}, { signIn: 'none' });
    const [patient] = await other.tell([implanted('OPEN', 100)]);
    const visitor = browser();
    const page = await visitor.get(`${other.url}/board`);
    const note = { owner: 'Nora', bookedFor: '', note: '', version: '0' };
    const address = `${other.url}/board/patients/${patient}/note`;
    expect((await visitor.post(address, { ...note, formToken: '' })).status).toBe(403);
    const saved = await visitor.post(address, { ...note, formToken: formTokenIn(page) });
    expect(saved.text).toContain('Changed last by nobody signed in, 2024-11-20T12:00:00Z.');
    await other.close();
  });
});

/** What a request gets that names a host, which need not be the one it is sent to. */
function askedAs(url: string, name: string, more: Record<string, string> = {}): Promise<number | undefined> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = httpGet({
      host: '127.0.0.1',
      port,
      path: '/board',
      headers: { host: `${name}:${port}`, accept: 'text/html', ...more },
    });
    asked.once('response', (response) => resolve(response.resume().statusCode));
    asked.once('error', reject);
  });
}
