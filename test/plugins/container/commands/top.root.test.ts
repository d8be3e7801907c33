import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test('top shows the processes of one container, in the columns that are asked for', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'busy', 'busybox', 'sh', '-c', 'sleep 999 & sleep 998; true');
  await engine.ok('run', '-d', '--name', 'other', 'busybox', 'sleep', '997');
  const usual = await engine.ok('top', 'busy');
  t.regex(usual, /^UID +PID +PPID .* CMD\n/);
  t.true(usual.includes('sleep 999') && usual.includes('sleep 998') && !usual.includes('sleep 997'));
  t.regex(await engine.ok('top', 'other', '-o', 'pid,args'), /^PID +COMMAND\n\d+ +sleep 997$/);
  const { code, stderr } = await engine.docker(['top', 'busy', '-o', 'args']);
  t.is(code, 1);
  t.regex(stderr, /Couldn't find PID field in ps output/);
  t.regex((await engine.docker(['top', 'busy', '--nonsense'])).stderr, /ps: error: unknown gnu long option/);
  await engine.ok('run', '-dt', '--name', 'user', '-u', '1000', 'busybox', 'sleep', '996');
  t.regex(await engine.ok('top', 'user', '-o', 'pid,rss,args'), /^PID +RSS +COMMAND\n\d+ +\d+ +sleep 996$/);
  t.regex(await engine.ok('top', 'user', 'o', 'pid,cmd'), /^PID +CMD\n\d+ +sleep 996$/);
  t.regex(await engine.ok('top', 'user', 'aux'), /^USER .*\n.* sleep 996$/);
  await engine.ok('rm', '-f', 'busy');
  t.regex((await engine.docker(['top', 'busy'])).stderr, /No such container: busy/);
});
