import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { housePicture, withPicture } from '../../scripts/house/house-picture.js';
import { readSources } from '../../scripts/house/imports.js';

const project = join(import.meta.dirname, '../../..');

test('the picture of the rooms is up to date', (t) => {
  const docs = readFileSync(join(project, 'docs/architecture.md'), 'utf8');
  t.true(docs === withPicture(docs, housePicture(readSources(project))), `'npm run docs' draws it again`);
});

test('it can be taken in at a glance', (t) => {
  t.true(housePicture(readSources(project)).split('\n').length < 120);
});

test('houses and rooms stand below what they import', (t) => {
  const picture = housePicture(
    new Map([
      ['main.ts', "import { serve } from './daemon/daemon.js';\nconst late = () => import('./kernel/text/table.js');"],
      ['daemon/daemon.ts', "import { table } from '../kernel/index.js';"],
      ['kernel/index.ts', "export { table } from './text/table.js';"],
      ['kernel/calls/index.ts', ''],
      [
        'kernel/calls/call.ts',
        "import type { Table } from '../text/index.js';\nimport { x } from '../errors/index.js';",
      ],
      ['kernel/errors/index.ts', ''],
      ['kernel/text/index.ts', "export { x } from '../errors/index.js';"],
      ['plugins/volume/index.ts', "const late = () => import('./commands/ls.js');"],
      ['plugins/volume/commands/ls.ts', "import { volumes } from '../volumes.js';"],
      ['plugins/volume/volumes.ts', "import { table } from '../../kernel/index.js';"],
      ['plugins/image/index.ts', ''],
      ['plugins/image/fs/index.ts', ''],
      ['plugins/image/commands/rmi.ts', "import { walk } from '../fs/index.js';"],
    ]),
  );
  t.is(
    picture.replace(/ +$/gm, ''),
    [
      'kernel',
      '  errors',
      '  text               errors',
      '  calls              errors text',
      'plugins/image',
      '  fs',
      '  commands           fs',
      'daemon               kernel',
      'plugins/volume       kernel',
      'main                 daemon kernel',
    ].join('\n'),
  );
});

test('docs without a place for it are told', (t) => {
  t.throws(() => withPicture('# Architecture\n', ''), { message: /has no place/ });
});
