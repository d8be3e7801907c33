import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { eventually, PROJECT } from '../support/engine.js';
import { pluginsFor } from '../support/plugin-folder.js';

const FOLDER = join(PROJECT, 'examples/plugins');
const it = pluginsFor(test, ['ttl.ts', 'auto-heal.ts', 'no-privileged.ts']);

test('each is short, and one file', (t) => {
  for (const name of readdirSync(FOLDER)) {
    const lines = readFileSync(join(FOLDER, name), 'utf8').trimEnd().split('\n').length;
    t.true(lines < 60, `${name}: ${lines}`);
  }
});

test('all load, and nothing is wrong with them', async (t) => {
  const { engine } = it.plugins;
  t.deepEqual((await engine.ok('plugin', 'ls', '-q')).split('\n'), ['auto-heal', 'no-privileged', 'ttl']);
  const inspected = JSON.parse(await engine.ok('plugin', 'inspect', 'auto-heal', 'no-privileged', 'ttl'));
  t.deepEqual(
    inspected.map(({ state, reason }: { state: string; reason: string }) => [state, reason]),
    [
      ['ok', ''],
      ['ok', ''],
      ['ok', ''],
    ],
  );
});

test('a container with a time to live is listed, and goes when that is over', async (t) => {
  const { engine } = it.plugins;
  await engine.ok('run', '-d', '--name', 'mayfly', '--ttl', '3s', 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'tortoise', '--ttl', '10h', 'busybox', 'sleep', '1000');
  t.regex(await engine.ok('ttl'), /^NAME +TTL +LEFT\n.*tortoise +10h +(10|9) hours/s);
  t.is((await engine.docker(['run', '--ttl', 'soon', 'busybox'])).code, 125);
  await eventually(async () => !(await engine.ok('ps', '-a')).includes('mayfly'));
  t.regex(await engine.ok('ps'), /tortoise/);
});

test('a container that fails is started again, one that ends well is not', async (t) => {
  const { engine } = it.plugins;
  await engine.ok('run', '-d', '--name', 'weak', '-l', 'auto-heal=0', 'busybox', 'false');
  await engine.ok('run', '-d', '--name', 'well', '-l', 'auto-heal=0', 'busybox', 'true');
  const starts = async (name: string): Promise<number> => {
    const lines = (await engine.ok('events', '--since', '0', '--until', '0s')).split('\n');
    return lines.filter((line) => line.includes(' container start ') && line.includes(`name=${name}`)).length;
  };
  await eventually(async () => (await starts('weak')) > 2);
  t.is(await starts('well'), 1);
  await engine.ok('rm', '-f', 'weak');
});

test('privileged containers are refused, also by a dry run, and others are not', async (t) => {
  const { engine } = it.plugins;
  const refused = await engine.docker(['run', '--privileged', 'busybox', 'true']);
  t.is(refused.code, 125);
  t.regex(refused.stderr, /refused by plugin 'no-privileged': privileged containers are not allowed on this host/);
  t.not((await engine.docker(['run', '--dry-run', '--privileged', 'busybox', 'true'])).code, 0);
  await engine.ok('run', '--rm', 'busybox', 'true');
});
