import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { engineFor } from '../support/engine.js';

const given = engineFor(test);

const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  'is emptied': (path) => put(path, ''),
  'is nonsense': (path) => put(path, '\0junk\xff'.repeat(50)),
  'is gone': (path) => rmSync(path, { recursive: true, force: true }),
  'is a folder': (path) => {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
  },
};

function put(path: string, text: string): void {
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, text);
}

/** Of one that runs, in its run folder, while no daemon looks. */
for (const file of ['pid', 'exit', 'out', 'err', 'end', 'config.json', 'rootfs']) {
  test.serial(`whatever becomes of a run's ${file}, other containers run on, and it can be removed`, async (t) => {
    const { engine } = given;
    await engine.ok('run', '-d', '--name', 'good', 'busybox', 'sh', '-c', 'echo said; exec sleep 1000');
    for (const [how, damage] of Object.entries(DAMAGES)) {
      const id = await engine.ok('run', '-d', '--name', 'bad', 'busybox', 'sleep', '1000');
      await engine.stopDaemon('SIGKILL');
      damage(join(engine.root, 'run/c', id, file));
      await engine.startDaemon();
      t.is(await engine.ok('inspect', '-f', '{{.State.Status}}', 'good'), 'running', how);
      t.is(await engine.ok('logs', 'good'), 'said', how);
      t.is(await engine.ok('exec', 'good', 'echo', 'yes'), 'yes', how);
      await engine.ok('rm', '-f', 'bad');
      t.is((await engine.docker(['system', 'check'])).stdout, 'All is well\n', how);
    }
    await engine.ok('rm', '-f', 'good');
  });
}

/** What the engine can make anew by itself, it does. */
for (const folder of ['top', 'empty', 'trash', 'removed', 'run/c', 'run/cache', 'plugins']) {
  test.serial(`whatever becomes of the root's folder ${folder}, containers start and end`, async (t) => {
    const { engine } = given;
    for (const [how, damage] of Object.entries(DAMAGES)) {
      await engine.stopDaemon();
      damage(join(engine.root, folder));
      await engine.startDaemon();
      t.is(await engine.ok('run', '--rm', 'busybox', 'echo', 'hello'), 'hello', how);
      await engine.ok('create', '--name', 'made', 'busybox', 'true');
      await engine.ok('rm', 'made');
      t.is((await engine.docker(['system', 'check'])).stdout, 'All is well\n', how);
    }
  });
}

test.serial('a lock that is a folder keeps no daemon from its start', async (t) => {
  const { engine } = given;
  await engine.stopDaemon();
  DAMAGES['is a folder']?.(join(engine.root, 'daemon.lock'));
  await engine.startDaemon();
  t.is((await engine.docker(['-d'])).code, 125);
});
