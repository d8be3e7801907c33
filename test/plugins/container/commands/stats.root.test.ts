import { once } from 'node:events';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('stats tells what a container uses, as a table and as JSON', async (t) => {
  const { engine } = given;
  const script = 'while :; do :; done';
  await engine.ok('run', '-d', '--name', 'busy', '-m', '64m', '--cpus', '0.1', 'busybox', 'sh', '-c', script);
  const [header = '', line = ''] = (await engine.ok('stats', '--no-stream')).split('\n');
  t.regex(header, /^CONTAINER ID {3}NAME {6}CPU % {5}MEM USAGE \/ LIMIT +MEM % {5}NET I\/O +BLOCK I\/O +PIDS$/);
  t.regex(line, /^[0-9a-f]{12} +busy +\d+\.\d\d% +\S+ \/ 64MiB +\d+\.\d\d% +\S+ \/ \S+ +\S+ \/ \S+ +1$/);
  const row = JSON.parse(await engine.ok('stats', '--no-stream', '--format', 'json', 'busy'));
  t.is(row.Name, 'busy');
  const once = (format: string) => engine.ok('stats', '--no-stream', '--format', format, 'busy');
  t.regex(
    await once('table {{.Name}}\\t{{.MemUsage}}\\t{{.PIDs}}'),
    /^NAME +MEM USAGE \/ LIMIT +PIDS\nbusy +\S+ \/ 64MiB +1$/,
  );
  t.true(Number.parseFloat(row.CPUPerc) > 1);
  t.not(row.MemUsage.split(' / ')[0], '0B');
});

test.serial('what does not run uses nothing, and is shown with -a or by its name', async (t) => {
  const { engine } = given;
  await engine.ok('run', '--name', 'idle', 'busybox', 'true');
  t.notRegex(await engine.ok('stats', '--no-stream'), /idle/);
  t.regex(await engine.ok('stats', '--no-stream', '-a'), /idle +0\.00% +0B \/ 0B/);
  t.is((await engine.quick(['stats', '--no-stream', 'nobody'])).code, 1);
});

test.serial('a live stream ends with its client', async (t) => {
  const child = given.engine.spawn(['stats', '--format', 'json', 'busy']);
  for (let rows = 0; rows < 2; rows++) await once(child.stdout ?? child, 'data');
  const closed = once(child, 'close');
  child.kill('SIGINT');
  t.deepEqual(await closed, [130, null]);
});
