import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('df counts what there is, and what could go', async (t) => {
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

  await engine.ok('rm', 'ran');
  const removed = (await engine.ok('system', 'df')).split('\n').at(-1)?.split(/ {2,}/) ?? [];
  t.deepEqual(removed.slice(0, 3), ['Removed', '1', '0']);
  t.regex(removed[4] ?? '', /^2[\d.]*MB \(100%\)$/);
  t.regex(await engine.ok('system', 'prune', '-f'), /space: 2[\d.]*MB$/);
  t.notRegex(await engine.ok('system', 'df'), /Removed/);
});

test.serial('-v has a table for each kind', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'made', '-v', 'vol:/data', 'busybox', 'true');
  await engine.ok('tag', 'busybox', 'me/other:2');
  const text = await engine.ok('system', 'df', '-v');
  t.regex(
    text,
    /^Images space usage:\n\nREPOSITORY +TAG +IMAGE ID +CREATED +SIZE +SHARED SIZE +UNIQUE SIZE +CONTAINERS\n/,
  );
  t.regex(text, /\nme\/other +2 +[0-9a-f]{12} +.* ago +([\d.]+MB) +0B +\1 +\d\n/);
  t.regex(text, /\nCONTAINER ID +IMAGE +COMMAND +LOCAL VOLUMES +SIZE +CREATED +STATUS +NAMES\n/);
  t.regex(text, /"true" +1 +[\d.]+k?B +.* Created +made\n/);
  t.regex(text, /\nLocal Volumes space usage:\n\nVOLUME NAME +LINKS +SIZE\n(.*\n)*vol +1 +[\d.]+k?B\n/);
  t.regex(text, /\nBuild cache usage: 0B$/);
  t.is((await engine.quick(['system', 'df', '-v', '--format', 'json'])).code, 125);
});
