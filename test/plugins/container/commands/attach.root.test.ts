import { once } from 'node:events';
import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('attach gives input and takes output; its end is not the container’s', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-di', '--name', 'echo', 'busybox', 'cat');
  for (const word of ['first', 'second']) {
    const client = engine.spawn(['attach', 'echo']);
    let output = '';
    client.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    client.stdin?.write(`${word}\n`);
    await eventually(() => output === `${word}\n`);
    client.kill('SIGKILL');
    await once(client, 'close');
  }
  t.is(await engine.ok('logs', 'echo'), 'first\nsecond');
  t.regex(await engine.ok('ps'), /echo/);
});

test.serial('attach to what does not run is refused', async (t) => {
  await given.engine.docker(['run', '--name', 'over', 'busybox', 'true']);
  const { code, stderr } = await given.engine.docker(['attach', 'over']);
  t.is(code, 1);
  t.regex(stderr, /cannot attach to a stopped container/);
});
