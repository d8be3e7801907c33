import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { PROJECT } from '../../support/engine.js';
import { commandPlugin, PluginsEngine } from '../../support/plugins.js';

/** Makes every start of a process, and every import of the compiler, an error. */
const FORBIDDING = `const children = require('node:child_process');
for (const name of ['spawn', 'fork', 'exec', 'execFile', 'spawnSync', 'execSync', 'execFileSync']) {
  children[name] = () => { throw new Error('a process was started'); };
}
const { registerHooks, syncBuiltinESMExports } = require('node:module');
syncBuiltinESMExports();
registerHooks({ resolve: (specifier, context, next) => {
  if (specifier === 'esbuild') throw new Error('esbuild was imported');
  return next(specifier, context);
} });
`;

const KNOWN = 24;

test('a local call that needs nothing of many known plugins runs and compiles none, broken ones included', async (t) => {
  const engine = new PluginsEngine();
  t.teardown(() => engine.destroy());
  for (let index = 0; index < KNOWN; index++)
    engine.drop(`p${index}.ts`, commandPlugin(`p${index}`, "stdout.write('hi\\n');"));
  engine.drop('same-id.ts', commandPlugin('p1', ''));
  engine.drop('broken.ts', 'class {{{');
  engine.drop(
    'lonely.ts',
    "import { plugin, Weather } from 'gantry'; export default plugin({ id: 'lonely', api: 1, services: [Weather] });",
  );
  engine.drop('greedy.ts', commandPlugin('greedy', '', { more: "replaces: ['ps']" }));
  const first = await engine.ok('plugin', 'ls');
  t.is(first.match(/ OK /g)?.length, KNOWN);
  const hook = join(engine.root, 'forbid.cjs');
  writeFileSync(hook, FORBIDDING);
  const build = readFileSync(join(PROJECT, 'dist/build'), 'utf8').trim();
  const main = join(PROJECT, 'dist', build, 'main.cjs');
  const hooked = (...args: string[]) =>
    spawnSync(process.execPath, ['--require', hook, '--', main, ...args], { env: engine.env, encoding: 'utf8' });
  t.is(hooked('version').status, 0);
  t.like(hooked('plugin', 'ls'), { status: 0, stdout: `${first}\n`, stderr: '' });
  t.regex(hooked('p1').stderr, /a process was started/, 'the hook works');
});

test('local calls at the same time agree in the end', async (t) => {
  const engine = new PluginsEngine();
  t.teardown(() => engine.destroy());
  const ids = ['one', 'two', 'three'];
  for (const id of ids) engine.drop(`${id}.ts`, commandPlugin(id, `stdout.write('${id}\\n');`));
  const calls = [...ids, ...ids];
  t.deepEqual(await Promise.all(calls.map((id) => engine.ok(id))), calls);
  for (const id of ids) t.is(await engine.ok(id), id);
});

test('a damaged cache is made again', async (t) => {
  const engine = new PluginsEngine();
  t.teardown(() => engine.destroy());
  engine.drop('one.ts', commandPlugin('one', "stdout.write('one\\n');"));
  t.is(await engine.ok('one'), 'one');
  const { readdirSync } = await import('node:fs');
  const cache = join(engine.root, 'plugins/cache');
  const [code = ''] = readdirSync(cache).filter((name) => name.endsWith('.mjs'));
  writeFileSync(join(cache, code), 'damaged');
  t.is(await engine.ok('one'), 'one');
  writeFileSync(join(cache, 'index.json'), '{');
  t.is(await engine.ok('one'), 'one');
});
