/** An app that the hospital lets its users launch: a public client, as a page in a browser is. */
export interface SandboxApp {
  readonly clientId: string;
  /** Exactly as the app will state them. */
  readonly redirectUris: readonly string[];
  /** Where an EHR launch of it begins; absent: it is not offered on the EHR page. */
  readonly launchUrl?: string;
  readonly name?: string;
}

/** Addresses of the hospital that apps and their users need. */
export interface AppEndpoints {
  readonly fhirBaseUrl: string;
  readonly issuer: string;
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  readonly introspectionUrl: string;
  readonly jwksUri: string;
  readonly styleUrl: string;
  /** The page of the "EHR" from which a user launches apps. */
  readonly ehrUrl: string;
}

/** What an app may be given of the record: to read. */
export const appScopes = ['patient/*.rs'];

/** Scopes that are no resource scopes, and are granted as they are asked. */
export const contextScopes = ['openid', 'fhirUser', 'launch', 'launch/patient'];
