import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { tar } from '../../plugins/image/support/tars.js';
import { TestEngine } from '../../support/engine.js';

test('with the storage driver vfs containers are made, changed, copied, exported, committed and removed', async (t) => {
  const engine = new TestEngine({ GANTRY_STORAGE_DRIVER: 'vfs' });
  const folder = mkdtempSync(join(tmpdir(), 'gantry-vfs-'));
  t.teardown(async () => {
    await engine.destroy();
    rmSync(folder, { recursive: true });
  });
  await engine.startDaemon();
  await engine.importImage('busybox');
  const info = await engine.docker(['info']);
  t.regex(info.stdout, /^Storage Driver: vfs$/m);
  t.regex(info.stderr, /^WARNING: Storage driver vfs copies the whole image for each container$/m);

  await engine.ok('run', '--name', 'one', 'busybox', 'sh', '-c', 'echo hi > /made; rm /bin/cat; mkdir -p /d/e');
  t.is(await engine.ok('diff', 'one'), 'C /bin\nD /bin/cat\nA /d\nA /d/e\nA /made');
  t.is(await engine.ok('inspect', '--format', '{{.GraphDriver.Name}}', 'one'), 'vfs');

  t.regex(await engine.ok('cp', 'one:/made', '-'), /made\0.*hi\n/s);
  await engine.ok('create', '--name', 'two', 'busybox', 'cat', '/in');
  t.like(await engine.docker(['cp', '-', 'two:/'], { input: tar([{ path: 'in', body: 'copied' }]) }), { code: 0 });
  t.is(await engine.ok('start', '-a', 'two'), 'copied');

  await engine.ok('commit', 'one', 'changed');
  t.is(await engine.ok('run', '--rm', 'changed', 'ls', '/d', '/made'), '/made\n\n/d:\ne');
  t.is((await engine.docker(['run', '--rm', 'changed', 'ls', '/bin/cat'])).code, 1);
  t.is((await engine.ok('history', '-q', 'changed')).split('\n').length, 2);

  await engine.ok('export', '-o', join(folder, 'tree.tar'), 'one');
  await engine.ok('import', join(folder, 'tree.tar'), 'flat');
  t.is(await engine.ok('run', '--rm', 'flat', 'head', '-n1', '/made'), 'hi');

  const upper = JSON.parse(await engine.ok('inspect', '--format', '{{json .GraphDriver.Data.UpperDir}}', 'one'));
  t.true(readdirSync(upper).includes('usr'), 'a copy of all of the image');
  await engine.ok('rm', 'one', 'two');
  t.false(existsSync(upper));
  await engine.ok('undo', 'one');
  t.is(await engine.ok('diff', 'one'), 'C /bin\nD /bin/cat\nA /d\nA /d/e\nA /made');
});
