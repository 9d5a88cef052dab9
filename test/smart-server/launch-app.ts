import { createHash, randomBytes } from 'node:crypto';

export interface AppLaunch {
  /** Where `.well-known/smart-configuration` stands. */
  readonly discoverAt: string;
  /** The FHIR server for which the token is. Default: `discoverAt`. */
  readonly aud?: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly launch?: string;
  /** The patient whom the user chooses where the server asks. */
  readonly choose?: string;
}

export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly id_token?: string;
  readonly patient?: string;
  readonly need_patient_banner?: boolean;
}

/**
 * What an app and a browser do together in a SMART App Launch, without a browser: discovery, authorization with PKCE, the way
 * through the server's pages, the code for a token. Throws where the server ends it with an error.
 */
export async function launchApp(wanted: AppLaunch): Promise<TokenResponse> {
  const { discoverAt, aud = discoverAt, clientId, redirectUri, scope, launch } = wanted;
  const discovered = (await (await fetch(`${discoverAt}/.well-known/smart-configuration`)).json()) as Discovered;
  const verifier = randomBytes(48).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const request = new URLSearchParams({
    ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state, aud },
    ...{ code_challenge_method: 'S256', code_challenge: createHash('sha256').update(verifier).digest('base64url') },
    ...(launch !== undefined && { launch }),
  });
  const end = await followed(`${discovered.authorization_endpoint}?${request}`, wanted);
  if (end.searchParams.get('state') !== state) throw new Error('the state came back changed');
  const code = end.searchParams.get('code');
  if (!code) throw new Error(`refused: ${end.searchParams.get('error')}`);
  const form = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri };
  const body = new URLSearchParams({ ...form, code, code_verifier: verifier });
  const response = await fetch(discovered.token_endpoint, { method: 'POST', body });
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status} ${await response.text()}`);
  return (await response.json()) as TokenResponse;
}

interface Discovered {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
}

const mostSteps = 10;

/** Follows redirects with the cookies that they set, until one leads to the app. */
async function followed(start: string, { redirectUri, choose }: AppLaunch): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(start);
  for (let step = 0; step < mostSteps; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const [, name = '', value = ''] of setCookies(response)) cookies.set(name, value);
    const location = response.headers.get('location') ?? (await chosen(response, choose));
    url = new URL(location, url);
    if (url.href.startsWith(redirectUri)) return url;
  }
  throw new Error('the authorization never ended');
}

const setCookies = (response: Response) =>
  response.headers.getSetCookie().flatMap((line) => [/^([^=]+)=([^;]*)/.exec(line) ?? []]);

/** The link on a page for choosing a patient. */
async function chosen(response: Response, choose: string | undefined): Promise<string> {
  const page = await response.text();
  const links = [...page.matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href);
  const found = links.find((href) => choose !== undefined && href.endsWith(`patient=${encodeURIComponent(choose)}`));
  if (!found) throw new Error(`the authorization ended at a page (${response.status}): ${page.slice(0, 300)}`);
  return found;
}
