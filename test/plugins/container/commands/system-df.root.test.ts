import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('df counts what there is, and what could go', async (t) => {
  const { engine } = given;
  await engine.ok('run', '--name', 'ran', '-v', '/d', 'busybox', 'sh', '-c', 'head -c 2000000 /dev/zero >/x');
  const rows = (await engine.ok('system', 'df')).split('\n').map((line) => line.split(/ {2,}/));
  t.deepEqual(rows[0], ['TYPE', 'TOTAL', 'ACTIVE', 'SIZE', 'RECLAIMABLE']);
  t.deepEqual(rows[1]?.slice(0, 3), ['Images', '1', '1']);
  t.deepEqual(rows[2]?.slice(0, 3), ['Containers', '1', '0']);
  t.regex(rows[2]?.[4] ?? '', /^2[\d.]*MB \(100%\)$/);
  t.deepEqual(rows[3]?.slice(0, 3), ['Local Volumes', '1', '1']);
  t.is(
    await engine.ok('system', 'df', '--format', '{{.Type}}={{.Active}}'),
    'Images=1\nContainers=0\nLocal Volumes=1\nBuild Cache=0',
  );
  t.deepEqual(rows[4], ['Build Cache', '0', '0', '0B', '0B']);
});
