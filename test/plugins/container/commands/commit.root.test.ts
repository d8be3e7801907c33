import test from 'ava';
import { engineFor } from '../../../support/engine.js';

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

test.serial('a bad name is refused before any work', async (t) => {
  const { engine } = given;
  await engine.docker(['run', '--name', 'source', 'busybox', 'true']);
  const before = await engine.ok('images', '-aq');
  const { code, stderr } = await engine.docker(['commit', 'source', 'Not A Name']);
  t.is(code, 1);
  t.regex(stderr, /Not A Name/);
  t.is(await engine.ok('images', '-aq'), before);
});
