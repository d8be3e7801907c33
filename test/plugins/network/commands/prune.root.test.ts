import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

async function own(): Promise<string[]> {
  const names = await given.engine.ok('network', 'ls', '-f', 'type=custom', '--format', '{{.Name}}');
  return names.split('\n').filter(Boolean);
}

test.serial.beforeEach(async () => {
  const { engine } = given;
  const there = await own();
  if (!there.includes('used')) {
    await engine.ok('network', 'create', 'used');
    await engine.ok('create', '--name', 'web', '--network', 'used', 'busybox', 'true');
  }
  if (!there.includes('old')) await engine.ok('network', 'create', '--label', 'keep=no', 'old');
  if (!there.includes('new')) await engine.ok('network', 'create', 'new');
});

test.serial('it tells what it is about to remove, and asks', async (t) => {
  const { engine } = given;
  const no = await engine.docker(['network', 'prune'], { input: 'n\n' });
  t.is(no.code, 1);
  t.regex(no.stderr, /WARNING! This will remove:\n.*network new\n.*network old\n[\s\S]*\[y\/N\]/);
  t.deepEqual(await own(), ['new', 'old', 'used']);
  const yes = await engine.docker(['network', 'prune'], { input: 'y\n' });
  t.is(yes.code, 0);
  t.is(yes.stdout, 'Deleted Networks:\nnew\nold\n\n');
  t.deepEqual(await own(), ['used'], 'a container that does not run is to be on it');
});

test.serial('with -f it does not ask, and with nothing to remove neither', async (t) => {
  const { engine } = given;
  t.is(await engine.ok('network', 'prune', '-f'), 'Deleted Networks:\nnew\nold\n');
  t.deepEqual(await engine.docker(['network', 'prune']), { code: 0, stdout: '', stderr: '' });
});

for (const [filter, removed] of [
  ['label=keep=no', ['old']],
  ['label=keep=yes', []],
  ['until=24h', []],
  ['until=2099-01-01T00:00:00Z', ['new', 'old']],
] as const) {
  test.serial(`--filter ${filter}`, async (t) => {
    const before = await own();
    await given.engine.ok('network', 'prune', '-f', '--filter', filter);
    const after = await own();
    t.deepEqual(
      before.filter((name) => !after.includes(name)),
      [...removed],
    );
  });
}

test.serial('a filter that is none is refused', async (t) => {
  const { code, stderr } = await given.engine.docker(['network', 'prune', '-f', '--filter', 'until=yesterday']);
  t.is(code, 1);
  t.regex(stderr, /failed to parse filter 'until=yesterday'/);
  t.deepEqual(await own(), ['new', 'old', 'used']);
});

test.serial('system prune removes them as well, with the containers that were to be on them', async (t) => {
  const { engine } = given;
  t.regex(await engine.ok('system', 'prune', '-f'), /Deleted Networks:\nnew\nold\nused\n/);
  t.deepEqual(await own(), []);
});
