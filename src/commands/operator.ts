import { userInfo } from 'node:os';

/** Who types: the name of the account, for the audit. */
export function operator(): string {
  try {
    return `operator ${userInfo().username}`;
  } catch {
    // An account without a name: a container that runs under a bare number.
    return 'operator';
  }
}
