import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('networks that nobody is on are removed, with their bridges', async (t) => {
  const { engine } = given;
  const id = await engine.ok('network', 'create', 'front');
  await engine.ok('network', 'create', 'back');
  await engine.ok('run', '-d', '--name', 'web', '--network', 'front', 'busybox', 'sleep', '1000');
  const refused = await engine.docker(['network', 'rm', 'front', 'bridge', 'host', 'nope', 'back']);
  t.is(refused.code, 1);
  t.is(refused.stdout, 'back\n', 'one that can be removed is');
  const reasons = [
    /network front id [0-9a-f]{64} has active endpoints \(web\)/,
    /bridge is a pre-defined network and cannot be removed/,
    /host is a pre-defined network and cannot be removed/,
    /network nope not found/,
  ];
  for (const reason of reasons) t.regex(refused.stderr, reason);

  await engine.ok('rm', '-f', 'web');
  t.is(await engine.ok('network', 'rm', id.slice(0, 8)), id.slice(0, 8));
  t.is(await engine.ok('network', 'ls', '-q', '-f', 'type=custom'), '');
});

test.serial('a dry run removes nothing, and is refused what would be refused', async (t) => {
  const { engine } = given;
  await engine.ok('network', 'create', 'front');
  const { stdout, stderr } = await engine.docker(['network', 'rm', '--dry-run', 'front', 'none']);
  t.regex(stdout + stderr, /remove network front/);
  t.regex(stdout + stderr, /none is a pre-defined network/);
  t.is(await engine.ok('network', 'ls', '-f', 'type=custom', '--format', '{{.Name}}'), 'front');
});
