import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('system prune removes stopped containers, then what they were the last to need', async (t) => {
  const { engine } = given;
  await engine.ok('run', '--name', 'ran', '-v', '/d', 'busybox', 'sh', '-c', 'head -c 2000000 /dev/zero >/x');
  const child = (await engine.ok('commit', 'ran')).replace(/^sha256:/, '');
  const planned = await engine.ok('system', 'prune', '--volumes', '--dry-run');
  t.regex(planned, /^would remove container ran .*\nwould delete image [0-9a-f]{12}$/);
  t.regex(planned, new RegExp(child.slice(0, 12)));
  const { code, stdout } = await engine.docker(['system', 'prune', '--volumes'], { input: 'yes\n' });
  t.is(code, 0);
  t.regex(stdout, /Deleted Containers:\n.*\n\nDeleted Images:\nsha256:.*\n\nTotal reclaimed space: 4[\d.]*MB/s);
  t.is(await engine.ok('volume', 'ls', '-q'), '');
  t.is(await engine.ok('images', '--format', '{{.Repository}}'), 'busybox');
  await engine.ok('create', '--name', 'keeps', 'busybox', 'true');
  await engine.ok('tag', 'busybox', 'other');
  t.regex(await engine.ok('system', 'prune', '-af'), /Deleted Images:\n/);
  t.is(await engine.ok('images', '-q'), '');
});

test.serial(
  'system prune empties what undo could bring back, names it, and leaves it where a filter is given',
  async (t) => {
    const { engine } = given;
    await engine.importImage('busybox');
    await engine.ok('system', 'prune', '-f');
    await engine.ok('run', '--name', 'gone', 'busybox', 'sh', '-c', 'head -c 2000000 /dev/zero >/x');
    await engine.ok('tag', 'busybox', 'spare');
    await engine.ok('commit', 'gone', 'made');
    await engine.ok('rm', 'gone');
    await engine.ok('rmi', 'made');
    t.is(
      await engine.ok('system', 'prune', '--dry-run'),
      'would forget removed containers: gone\nwould forget removed images: made:latest',
    );
    await engine.ok('commit', '-c', 'LABEL stage=old', await engine.ok('create', 'busybox', 'true'));
    const left = () => engine.ok('images', '-q', '-f', 'dangling=true');
    await engine.ok('system', 'prune', '-f', '--filter', 'label=none');
    await engine.ok('system', 'prune', '-f', '--filter', 'until=1h');
    await engine.ok('system', 'prune', '-f', '--filter', 'label!=stage=old');
    t.regex(await left(), /^[0-9a-f]{12}$/);
    await engine.ok('system', 'prune', '-f', '--filter', 'label=stage=old');
    t.is(await left(), '');
    t.is((await engine.quick(['system', 'prune', '-f', '--volumes', '--filter', 'until=1h'])).code, 125);
    t.is((await engine.ok('undo', '-l')).split('\n').length, 4);
    const { code, stderr } = await engine.docker(['system', 'prune'], { input: 'no\n' });
    t.is(code, 1);
    t.regex(stderr, /- removed gone, which undo could bring back\n {2}- removed made:latest, which/);
    t.regex(await engine.ok('system', 'prune', '-f'), /^Total reclaimed space: 4[.\d]*MB$/);
    t.is((await engine.ok('undo', '-l')).split('\n').length, 1);
  },
);
