import type { LaunchContext } from './launches.ts';

/** What an authorization code stands for. */
export interface Authorization {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly scope: string;
  readonly nonce?: string;
  readonly context?: LaunchContext;
}

export interface Codes {
  issue(authorization: Authorization): string;
  /** Uses the code up; undefined where it was used, is too old or was never issued. */
  take(code: string): Authorization | undefined;
}

const lifetimeMs = 60_000;

export function codes(clock: () => number): Codes {
  const issued = new Map<string, { authorization: Authorization; untilMs: number }>();
  return {
    issue(authorization) {
      for (const [code, { untilMs }] of issued) if (untilMs <= clock()) issued.delete(code);
      const code = crypto.randomUUID();
      issued.set(code, { authorization, untilMs: clock() + lifetimeMs });
      return code;
    },
    take(code) {
      const found = issued.get(code);
      issued.delete(code);
      return found && found.untilMs > clock() ? found.authorization : undefined;
    },
  };
}
