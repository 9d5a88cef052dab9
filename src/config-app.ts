import { z } from 'zod';
import { isSecure } from './auth/secure-url.ts';
import { name } from './config-destination.ts';
import type { AppSettings } from './views/app/launches.ts';

/**
 * The page at `/app`: which hospitals may launch it, and whose record it reads. Without `app` in the configuration
 * there is no page. Errors name the member, for the operator.
 */

const text = z.string().min(1);

/** Where a token may be sent to: https, or plain http on this machine. */
const secureAddress = text.refine(isSecureUrl, 'a URL by https, or by http on a loopback address');

const origin = text.refine(
  (url) => isSecureUrl(url) && new URL(url).origin === url,
  'an origin by https, without path and final slash',
);

const launch = z.strictObject({
  iss: secureAddress.refine((url) => !/[?#]/.test(url), 'without query and fragment'),
  name: text,
  tenant: name.default('default'),
  clientId: text.optional(),
  scopes: text.optional(),
  read: z.enum(['adapter', 'ehr']).default('adapter'),
  connect: z.array(origin).default([]),
});

export const appConfig = z
  .strictObject({
    clientId: text,
    launches: z.array(launch).min(1),
    frameAncestors: z.array(origin).default([]),
  })
  .refine(({ launches }) => isEachOnce(launches.map(({ iss }) => iss.replace(/\/+$/, ''))), 'an iss stands twice')
  .transform(
    ({ clientId, launches, frameAncestors }): AppSettings => ({
      frameAncestors,
      launches: launches.map((one) => ({ ...one, clientId: one.clientId ?? clientId })),
    }),
  )
  .optional();

function isSecureUrl(url: string): boolean {
  return URL.canParse(url) && isSecure(new URL(url));
}

/** Why a launch cannot work, in a sentence; undefined: every one can. */
export function unusableLaunch(app: AppSettings | undefined, tenants: readonly string[]): string | undefined {
  const lost = app?.launches.find(({ tenant }) => !tenants.includes(tenant));
  return lost && `the launch of ${lost.name} names the tenant ${lost.tenant}, which nothing else names.`;
}

const isEachOnce = (values: readonly string[]): boolean => new Set(values).size === values.length;
