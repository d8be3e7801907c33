import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('ps shows the running, -a all, the newest first; -l, -n and -q choose', async (t) => {
  const { engine } = given;
  t.is(await engine.ok('ps'), 'CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES');
  await engine.docker(['run', '--name', 'ended', 'busybox', 'sh', '-c', 'exit 3']);
  const id = await engine.ok('run', '-d', '--name', 'lives', 'busybox', 'sh', '-c', 'sleep 1000', 'and', 'more');

  const running = (await engine.ok('ps')).split('\n');
  t.is(running.length, 2);
  t.regex(
    running[1] ?? '',
    new RegExp(`^${id.slice(0, 12)}   busybox   "sh -c sleep 1000 an…"   .* ago   Up .*   lives$`),
  );
  const all = (await engine.ok('ps', '-a', '-notrunc')).split('\n');
  t.regex(all[1] ?? '', new RegExp(`^${id}   busybox   "sh -c sleep 1000 and more"`));
  t.regex(all[2] ?? '', /"sh -c exit 3" .* Exited \(3\) .* ago .* ended$/);
  t.is(await engine.ok('ps', '-q'), id.slice(0, 12));
  t.is(await engine.ok('ps', '-lq', '--no-trunc'), id);
  t.is((await engine.ok('ps', '-n', '1', '-q')).split('\n').length, 1);
  t.is((await engine.ok('PS', '-aq')).split('\n').length, 2);
  t.is((await engine.ok('container', 'ls', '-aq')).split('\n').length, 2);
});

test.serial('control characters of a command line do not reach the terminal', async (t) => {
  await given.engine.ok('run', '-d', '--name', 'escape', 'busybox', 'sh', '-c', 'sleep 1000', '\x1b[31m');
  const output = await given.engine.ok('ps', '--no-trunc');
  t.false(output.includes('\x1b'));
  t.true(output.includes('\\x1b[31m'));
});
