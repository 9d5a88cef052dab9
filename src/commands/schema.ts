import { eventExamples, eventJsonSchema } from '../event/json-schema.ts';

export function schema(what: 'json-schema' | 'examples'): number {
  const output = what === 'examples' ? eventExamples() : eventJsonSchema();
  process.stdout.write(`${JSON.stringify(output, null, 2)}\n`);
  return 0;
}
