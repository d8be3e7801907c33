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
  t.regex(await given.engine.ok('-v'), /^\d+\.\d+\.\d+$/);
  const nobody = new TestEngine();
  t.regex(await nobody.ok('version'), / Served by: +this command itself, no daemon$/);
  await nobody.destroy();
});
