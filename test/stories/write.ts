import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { golden, goldenFiles } from './golden.ts';
import { storiesDir, storyNames } from './story.ts';

/** Rewrites the golden files of every story. The difference is read by a human before it is committed. */
for (const name of storyNames) {
  for (const file of goldenFiles) {
    writeFileSync(join(storiesDir, name, `${file}.json`), `${JSON.stringify(golden[file](name), null, 1)}\n`);
  }
  console.log(name);
}
