/** What the configuration says of the page. */
export interface AppSettings {
  readonly launches: readonly ConfiguredLaunch[];
  /** Origins of the EHRs that show the page in a frame; none: it is never framed. */
  readonly frameAncestors: readonly string[];
}

/** One FHIR server that the page may be launched at. */
export interface ConfiguredLaunch {
  /** FHIR base URL, as the EHR hands it over. */
  readonly iss: string;
  /** How readers call it. */
  readonly name: string;
  readonly tenant: string;
  /** As registered there: a public client. */
  readonly clientId: string;
  /** Replaces the scopes that are asked for by default, `launch` and `launch/patient` excepted. */
  readonly scopes?: string | undefined;
  /** Whose record is shown: the adapter's, or what the hospital's own server holds. */
  readonly read: 'adapter' | 'ehr';
  /** Further origins that the browser talks to: where its token endpoint is not at the origin of `iss`. */
  readonly connect: readonly string[];
}

/** One launch as the page is told it. */
export interface Launch {
  readonly iss: string;
  readonly name: string;
  readonly clientId: string;
  readonly scopes: string;
  /**
   * `adapter`: the token of this launch is for our own FHIR base. `exchange`: it is the hospital's, and its id_token
   * is exchanged for one of ours. `hospital`: only the hospital's own server is read.
   */
  readonly reads: 'adapter' | 'exchange' | 'hospital';
  /** Where our routes of this tenant start, from `/app/`: `../` or `../t/TENANT/`. */
  readonly ours: string;
}

/** The FHIR base URLs of a tenant, and the path before its other routes: `/` or `/t/TENANT/`. */
export interface TenantAddress {
  readonly fhirBases: readonly string[];
  readonly path: string;
}

const readScopes = [
  'Patient',
  'Device',
  'MedicationAdministration',
  'MedicationRequest',
  'Medication',
  'Observation',
  'Procedure',
  'CarePlan',
  'CareTeam',
  'AdverseEvent',
  'Condition',
  'AllergyIntolerance',
].map((type) => `patient/${type}.rs`);

export const defaultScopes = ['openid', 'fhirUser', ...readScopes].join(' ');

export function launchesOf(settings: AppSettings, addressOf: (tenant: string) => TenantAddress): Launch[] {
  return settings.launches.map(({ iss, name, clientId, tenant, scopes = defaultScopes, read }) => {
    const { fhirBases, path } = addressOf(tenant);
    const isOurs = fhirBases.some((base) => isSameBase(iss, base));
    const reads = isOurs ? 'adapter' : read === 'ehr' ? 'hospital' : 'exchange';
    return { iss, name, clientId, scopes, reads, ours: `..${path}` };
  });
}

/** The launch that an `iss` names. Nothing else is ever contacted. */
export const launchAt = <One extends { readonly iss: string }>(launches: readonly One[], iss: string) =>
  launches.find((one) => isSameBase(one.iss, iss));

/** The origins that the browser may talk to beside our own. */
export const originsOf = ({ launches }: AppSettings): string[] => [
  ...new Set(launches.flatMap(({ iss, connect }) => [new URL(iss).origin, ...connect])),
];

const isSameBase = (a: string, b: string): boolean => a.replace(/\/+$/, '') === b.replace(/\/+$/, '');
