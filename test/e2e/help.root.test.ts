import { spawnSync } from 'node:child_process';
import test from 'ava';
import { builtinPlugins } from '../../src/plugins/index.js';
import { TestEngine } from '../support/engine.js';

const names = builtinPlugins.flatMap(({ commands }) =>
  Object.keys(commands ?? {}).map((key) => key.split('|')[0] ?? ''),
);
let engine: TestEngine;

test.before(async () => {
  engine = await TestEngine.withDaemon();
});
test.after.always(() => engine.destroy());

test('groff has nothing to say against the manual pages', async (t) => {
  for (const name of ['', 'help', 'container', ...names]) {
    const input = await engine.ok('help', '--format', 'man', ...name.split(' ').filter(Boolean));
    const { status, stdout, stderr } = spawnSync('groff', ['-man', '-ww', '-Tutf8'], { input, encoding: 'utf8' });
    t.is(stderr, '', name);
    t.is(status, 0);
    t.regex(stdout, /\(1\)/);
  }
});

test('the reference has every command', async (t) => {
  const text = await engine.ok('help', '--format', 'markdown');
  for (const name of names) t.true(text.includes(`\n## docker ${name}\n`), name);
});
