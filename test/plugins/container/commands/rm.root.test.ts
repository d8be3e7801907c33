import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

test.serial(
  'rm takes a container with its folder, -v its anonymous volumes, and tells of those it cannot',
  async (t) => {
    const { engine } = given;
    await engine.docker(['run', '--name', 'one', '-v', '/data', '-v', 'kept:/kept', 'busybox', 'touch', '/x']);
    await engine.ok('run', '-d', '--name', 'busy', 'busybox', 'sleep', '1000');
    t.is(readdirSync(join(engine.root, 'containers')).length, 2);
    const { code, stdout, stderr } = await engine.docker(['rm', '-v', 'missing', 'busy', 'one']);
    t.is(code, 1);
    t.is(stdout, 'one\n');
    t.regex(
      stderr,
      /^Error: No such container: missing\nError: Cannot remove container "\/busy": container is running/,
    );
    t.is(readdirSync(join(engine.root, 'containers')).length, 1);
    t.is(await engine.ok('volume', 'ls', '-q'), 'kept');

    const { State } = JSON.parse(await engine.ok('inspect', 'busy'))[0];
    t.is(await engine.ok('rm', '-f', 'busy'), 'busy');
    t.false(existsSync(`/proc/${State.Pid}`));
    t.deepEqual(readdirSync(join(engine.root, 'containers')), []);
  },
);
