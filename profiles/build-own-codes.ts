import type { CodeSystem, CodeSystemConcept } from '@medplum/fhirtypes';

/** The table of our own codes, in the same form as `mappings/codes.json`, from the compiled CodeSystems. */
export function ownCodes(compiled: ReadonlyMap<string, string>): Map<string, string> {
  const systems = [...compiled]
    .filter(([path]) => path.includes('/CodeSystem-'))
    .map(([, text]) => JSON.parse(text) as CodeSystem);
  const rows = systems.flatMap((system) => (system.concept ?? []).map((concept) => row(system, concept)));
  return new Map([['mappings/codes-own.json', `[\n${rows.map((it) => `  ${JSON.stringify(it)}`).join(',\n')}\n]\n`]]);
}

function row(system: CodeSystem, concept: CodeSystemConcept): object {
  return {
    system: system.url,
    code: concept.code,
    display: concept.display,
    source: 'profiles/fsh',
    verified: true,
    licence: 'own',
    pack: 'itb',
  };
}
