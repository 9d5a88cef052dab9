import type { Request } from 'express';
import { isLoopback } from './secure-url.ts';

/**
 * Whether somebody on this machine asks. A name that a stranger's page made resolve to this machine (DNS rebinding) is
 * not a name of this machine, and what a proxy on this machine brings is somebody else's.
 */
export function isFromThisMachine(request: Request): boolean {
  if (broughtBy.some((name) => request.get(name) !== undefined)) return false;
  const address = `http://${request.get('host') ?? ''}`;
  return URL.canParse(address) && isLoopback(new URL(address));
}

const broughtBy = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];
