/** What a launch puts into context, as the token response says it. */
export interface LaunchContext {
  readonly patient: string;
  readonly needPatientBanner?: boolean;
}

export interface LaunchContexts {
  open(context: LaunchContext): string;
  of(launch: unknown): LaunchContext | undefined;
  /** A grant lasts from the authorization to the last use of its tokens. */
  remember(grantId: string, context: LaunchContext): void;
  ofGrant(grantId: string | undefined): LaunchContext | undefined;
}

export function launchContexts(): LaunchContexts {
  const launches = new Map<unknown, LaunchContext>();
  const grants = new Map<string | undefined, LaunchContext>();
  return {
    open(context) {
      const launch = crypto.randomUUID();
      launches.set(launch, context);
      return launch;
    },
    of: (launch) => launches.get(launch),
    remember: (grantId, context) => grants.set(grantId, context),
    ofGrant: (grantId) => grants.get(grantId),
  };
}
