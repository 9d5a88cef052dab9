import { type BearerCheck, bearerCheck, type FindPatient, type TrustedIssuer } from '../../src/auth/bearer.ts';
import { type IssuerSettings, issuerChecks } from '../../src/auth/issuer-checks.ts';

export interface Trust extends Partial<Omit<TrustedIssuer, 'checks'>>, Partial<Omit<IssuerSettings, 'issuer'>> {
  readonly issuer: string;
  readonly audience?: string;
}

export interface Surroundings {
  readonly clock?: () => Temporal.Instant;
  readonly findPatient?: FindPatient;
}

/** A check that trusts these issuers, each live and of tenant `north` where nothing else is said. */
export function checkTrusting(issuers: readonly Trust[], around: Surroundings = {}): BearerCheck {
  const clock = around.clock ?? (() => Temporal.Now.instant());
  const known = new Map<string, TrustedIssuer['checks']>();
  const trusted = issuers.map(({ audience, ...one }): TrustedIssuer => {
    const settings = { allowAddresses: [], timeoutMs: 1000, discover: false, clock, ...one };
    const checks = known.get(one.issuer) ?? issuerChecks(settings);
    known.set(one.issuer, checks);
    const audiences = audience === undefined ? [] : [audience];
    return { tenant: 'north', environment: 'live', userReach: 'patient', audiences, ...one, checks };
  });
  return bearerCheck(trusted, { clock, findPatient: around.findPatient ?? (async ({ id }) => id) });
}
