import type { Launch } from '../launches.ts';

/** SMART App Launch by the launch library, always with PKCE by S256. It keeps its state in the session of this tab. */

interface LaunchLibrary {
  readonly oauth2: {
    authorize(request: Readonly<Record<string, unknown>>): Promise<unknown>;
    ready(): Promise<Client>;
  };
}

/** What a launch gave: the token of the server that it was launched at, and its context. */
export interface Client {
  readonly state: {
    readonly serverUrl: string;
    readonly tokenResponse?: {
      readonly access_token?: string;
      readonly id_token?: string;
      readonly scope?: string;
      readonly patient?: string;
      readonly need_patient_banner?: boolean;
      readonly smart_style_url?: string;
    };
  };
  request(
    query: string | { readonly url: string; readonly signal: AbortSignal },
    options?: { readonly pageLimit: number; readonly flat: boolean },
  ): Promise<unknown>;
}

const library = (): LaunchLibrary => (globalThis as unknown as { FHIR: LaunchLibrary }).FHIR;

/** Goes to the sign-in of a hospital. `opened`: what the EHR called the launch; without it a patient is asked for there. */
export async function signIn({ iss, clientId, scopes }: Launch, opened?: string): Promise<void> {
  await library().oauth2.authorize({
    iss,
    clientId,
    scope: `${opened === undefined ? 'launch/patient' : 'launch'} ${scopes}`,
    ...(opened !== undefined && { launch: opened }),
    redirectUri: './',
    pkceMode: 'required',
    // An EHR shows the page in a frame or a window: it stays there.
    completeInTarget: true,
  });
}

/** The client of the sign-in that this page comes back from, or that this tab already has; undefined without one. */
export async function signedIn(): Promise<Client | undefined> {
  const comesBack = ['code', 'state', 'error'].some((name) => new URLSearchParams(location.search).has(name));
  if (!comesBack && sessionStorage.getItem('SMART_KEY') === null) return undefined;
  return library().oauth2.ready();
}

/** Nothing of the sign-in stays in this tab. */
export function forgetSignIn(): void {
  sessionStorage.clear();
}
