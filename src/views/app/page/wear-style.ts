import type { Client } from './sign-in.ts';
import { styleValues } from './style.ts';

/** The EHR’s own look, from the EHR’s own origin only; without it, or where it cannot be read, ours stays. */
export async function wearStyle({ state: { serverUrl, tokenResponse } }: Client): Promise<void> {
  const address = tokenResponse?.smart_style_url;
  if (!address || !URL.canParse(address) || new URL(address).origin !== new URL(serverUrl).origin) return;
  const answer = await fetch(address)
    .then((response) => response.json())
    .catch(() => undefined);
  const values = [...styleValues(answer)].map(([name, value]) => `${name}: ${value};`).join(' ');
  const sheet = new CSSStyleSheet();
  // Paper stays black on white.
  sheet.replaceSync(`@media screen { :root { ${values} } }`);
  document.adoptedStyleSheets = [sheet];
}
