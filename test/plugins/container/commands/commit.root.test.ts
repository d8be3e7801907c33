import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('commit makes an image of what a container became, on top of its own', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'writer', 'busybox', 'sh', '-c', 'echo hello > /world; rm /etc/group']);
  const id = await engine.ok('commit', '-m', 'said hello', 'writer', 'greeting', 'v1');
  t.regex(id, /^sha256:[0-9a-f]{64}$/);
  t.is(await engine.ok('run', '--rm', 'greeting:v1', 'cat', '/world'), 'hello');
  t.is((await engine.docker(['run', '--rm', 'greeting:v1', 'ls', '/etc/group'])).code, 1);
  const [image] = JSON.parse(await engine.ok('inspect', 'greeting:v1'));
  t.like(image, { Id: id, Comment: 'said hello' });
  t.is(image.RootFS.Layers.length, 2);
  t.deepEqual(image.Config.Cmd, ['sh', '-c', 'echo hello > /world; rm /etc/group']);
});

test.serial('author, changes of the configuration, and what made the layer', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'runs', 'busybox', 'sh', '-c', 'echo x > /x; sleep 1000');
  await eventually(async () => (await engine.quick(['exec', 'runs', 'cat', '/x'])).stdout === 'x\n');
  const change = ['-c', 'CMD ["cat", "/x"]', '--change', 'ENV A=1', '-c', 'LABEL made=here'];
  await engine.ok('commit', '-a', 'Ann <ann@here>', '-m', 'why', ...change, '--pause=false', 'runs', 'changed');
  t.is(await engine.ok('run', '--rm', 'changed'), 'x');
  const [image] = JSON.parse(await engine.ok('inspect', 'changed'));
  t.is(image.Author, 'Ann <ann@here>');
  t.like(image.Config, { Cmd: ['cat', '/x'], Labels: { made: 'here' } });
  t.true(image.Config.Env.includes('A=1'));
  t.regex(await engine.ok('history', '--no-trunc', 'changed'), /sh -c echo x > \/x; sleep 1000 .* why$/m);
  const { code, stderr } = await engine.docker(['commit', '-c', 'FROM x', 'runs']);
  t.is(code, 1);
  t.regex(stderr, /from is not a valid change command/);
});

test.serial('what changes no file adds no layer, and its images run', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--name', 'idle', 'busybox', 'true');
  await engine.ok('commit', '-c', 'ENV A=$PATH', 'idle', 'once');
  await engine.ok('create', '--name', 'again', 'once');
  await engine.ok('commit', '-c', 'ENV B=2', 'again', 'twice');
  t.is(await engine.ok('run', '--rm', 'twice', 'sh', '-c', 'test "$A" = "$PATH" && echo $B'), '2');
  const [base, image] = JSON.parse(await engine.ok('inspect', 'busybox', 'twice'));
  t.deepEqual(image.RootFS, base.RootFS);
  t.is((await engine.ok('history', '-q', 'twice')).split('\n').length, 3);
});

test.serial('a bad name is refused before any work', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'source', 'busybox', 'true']);
  const before = await engine.ok('images', '-aq');
  const { code, stderr } = await engine.docker(['commit', 'source', 'Not A Name']);
  t.is(code, 1);
  t.regex(stderr, /Not A Name/);
  t.is(await engine.ok('images', '-aq'), before);
});

test.serial('a container that stood still when the daemon was killed goes on under the next', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'frozen', 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'chosen', 'busybox', 'sleep', '1000');
  await engine.ok('pause', 'frozen', 'chosen');
  await engine.stopDaemon('SIGKILL');
  // As a commit that is under way has it.
  const database = new DatabaseSync(join(engine.root, 'gantry.db'));
  database.exec("UPDATE containers SET passing_pause = 1 WHERE name = 'frozen'");
  database.close();
  await engine.startDaemon();
  await eventually(async () => (await engine.ok('inspect', '-f', '{{.State.Paused}}', 'frozen')) === 'false');
  t.is(await engine.ok('exec', 'frozen', 'echo', 'thawed'), 'thawed');
  t.is(await engine.ok('inspect', '-f', '{{.State.Paused}}', 'chosen'), 'true');
});
