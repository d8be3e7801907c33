import test from 'ava';
import { engineFor, TestEngine } from '../../../support/engine.js';

const given = engineFor(test);

test.serial('version tells who serves it', async (t) => {
  t.regex(
    await given.engine.ok('version'),
    /^Gantry\n Version: +\d+\.\d+\.\d+\n[\s\S]* Served by: +the daemon, pid \d+$/,
  );
  const { stdout } = await given.engine.docker(['version']);
  t.regex(stdout, /\n Build: +(\S+)\n Client: +\d+\.\d+\.\d+, build \1\n/);
  t.notRegex(stdout, /another build/);
  t.regex(await given.engine.ok('-v'), /^Docker version \d+\.\d+\.\d+, build \S+$/);
  const { engine } = given;
  t.regex(
    await engine.ok('version', '-f', '{{.Client.Version}} {{.Server.Os}}/{{.Server.Arch}}'),
    /^\d+\.\d+\.\d+ linux\/(amd64|arm64)$/,
  );
  t.like(JSON.parse(await engine.ok('version', '--format', 'json')), {
    Client: { Context: 'default', ApiVersion: '' },
  });
  t.regex((await engine.quick(['version', '-f', '{{.Server.Nosuch}}'])).stderr, /there is no field Nosuch/);
  const nobody = new TestEngine();
  t.regex(await nobody.ok('version'), / Served by: +this command itself, no daemon$/);
  await nobody.destroy();
});
