import { createHash } from 'node:crypto';
import { type Hospital, noonMs, patient, startHospital } from './hospital.ts';

export const redirectUri = 'http://127.0.0.1:9/app/';
export const verifier = 'a-verifier-of-an-app.0123456789~0123456789-abc';
export const challenge = createHash('sha256').update(verifier).digest('base64url');

type Over = Readonly<Record<string, string | undefined>>;

/** A hospital with two patients and one app, what the app does, and a clock that stands until it is moved. */
export async function startLaunching() {
  let nowMs = noonMs;
  const other = {
    ...patient,
    id: 'p2',
    identifier: [{ system: 'urn:mrn', value: 'M2' }],
    name: [{ family: '<b>Other' }],
  };
  const hospital: Hospital = await startHospital({
    clock: () => nowMs,
    patients: [patient, other],
    apps: [{ clientId: 'page', redirectUris: [redirectUri], launchUrl: 'http://127.0.0.1:9/app/launch', name: 'page' }],
  });
  const { sandbox } = hospital;

  const request = (over: Over = {}): URLSearchParams => {
    const stated = {
      ...{ response_type: 'code', client_id: 'page', redirect_uri: redirectUri, state: 'st4te', nonce: 'n0nce' },
      ...{ aud: sandbox.baseUrl, code_challenge: challenge, code_challenge_method: 'S256' },
      ...{ scope: 'launch openid fhirUser patient/*.rs', launch: sandbox.launch({ patient: 'p1' }) },
      ...over,
    };
    const sent = Object.entries(stated).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return new URLSearchParams(sent);
  };
  const authorize = (parameters: URLSearchParams) =>
    fetch(`${sandbox.issuer}/auth/authorize?${parameters}`, { redirect: 'manual' });
  const codeFor = async (over: Over = {}) => answerTo(await authorize(request(over))).get('code') ?? '';

  const redeem = async (over: Readonly<Record<string, string>> = {}) => {
    const form = { grant_type: 'authorization_code', client_id: 'page', redirect_uri: redirectUri };
    const code = over.code ?? (await codeFor());
    const body = new URLSearchParams({ ...form, code_verifier: verifier, code, ...over });
    const response = await fetch(sandbox.tokenUrl, { method: 'POST', body });
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as Record<string, string> };
  };
  const tokenFor = async (scope: string, launched = 'p1') => {
    const launch = sandbox.launch({ patient: launched });
    const { body } = await redeem({ code: await codeFor({ scope, launch }) });
    return body.access_token ?? '';
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { hospital, sandbox, request, authorize, codeFor, redeem, tokenFor, pass, close: hospital.close };
}

export type Launching = Awaited<ReturnType<typeof startLaunching>>;

/** What the app was told, in the address that it was called at. */
export const answerTo = (response: Response) => new URL(response.headers.get('location') ?? 'none:').searchParams;
