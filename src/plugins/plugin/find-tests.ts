import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '../../kernel/index.js';

/** Lists the tests of plugins in a folder. @throws GantryError `not found` where there is none */
export function findTests(folder: string): readonly string[] {
  const found = readdirSync(folder).filter((name) => /\.test\.m?[tj]s$/.test(name));
  if (found.length > 0) return found.sort().map((name) => join(folder, name));
  const hint = "They are called NAME.test.ts; 'docker plugin new NAME' makes a plugin with one";
  throw new GantryError('not found', `there are no tests in ${folder}`, { hint });
}
