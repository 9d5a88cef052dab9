import { sourceMapJsonSchema } from '../intake/source/schema.ts';

export function sourcesSchema(): number {
  process.stdout.write(`${JSON.stringify(sourceMapJsonSchema(), null, 2)}\n`);
  return 0;
}
