import { launches } from './configuration.ts';
import { tellFailure } from './news.ts';
import { signIn } from './sign-in.ts';

/** Started by an EHR, with `iss` and `launch`: nobody but an `iss` of the configuration is ever asked anything. */
const asked = new URLSearchParams(location.search);

try {
  const known = await launches();
  const launch = known.find(({ iss }) => iss.replace(/\/+$/, '') === asked.get('iss')?.replace(/\/+$/, ''));
  if (launch) await signIn(launch, asked.get('launch') ?? undefined);
} catch (error) {
  tellFailure('The hospital’s sign-in could not be reached. Open the page again from the patient’s chart.', error);
}
