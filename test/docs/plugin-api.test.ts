import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { apiReference } from '../../scripts/types/plugin-api.js';
import { PROJECT } from '../support/engine.js';

const types = readFileSync(join(PROJECT, 'dist/gantry.d.ts'), 'utf8');

test('the reference is up to date', (t) => {
  const written = readFileSync(join(PROJECT, 'docs/plugin-api.md'), 'utf8');
  t.is(written, apiReference(types), `'npm run docs' writes it anew`);
});

test('every export is in it, with its docstring as prose', (t) => {
  const reference = apiReference(types);
  for (const [, name] of types.matchAll(/^ {2}export (?:interface|class|type|const|function) (\w+)/gm)) {
    t.true(reference.includes(`\n### ${name}\n`), name);
  }
  t.regex(
    reference,
    /### offer\n\nOffers a service to other plugins, which ask for it by its token\.\n\n```ts\nfunction offer</,
  );
});
