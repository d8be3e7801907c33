import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { engineFor } from '../../support/engine.js';

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

const WAYS = Object.entries(DAMAGES);

/** Of those that run, each damaged in another way, in their run folders, while no daemon looks. */
for (const file of ['pid', 'exit', 'out', 'err', 'end', 'config.json', 'rootfs']) {
  test.serial(`whatever becomes of a run's ${file}, other containers run on, and it can be removed`, async (t) => {
    const { engine } = given;
    await engine.ok('run', '-d', '--name', 'good', 'busybox', 'sh', '-c', 'echo said; exec sleep 1000');
    const bad = await Promise.all(WAYS.map(() => engine.ok('run', '-d', 'busybox', 'sleep', '1000')));
    await engine.stopDaemon('SIGKILL');
    for (const [index, [, damage]] of WAYS.entries()) damage(join(engine.root, 'run/c', bad[index] ?? '', file));
    await engine.startDaemon();
    t.is(await engine.ok('inspect', '-f', '{{.State.Status}}', 'good'), 'running');
    t.is(await engine.ok('logs', 'good'), 'said');
    for (const [index, [how]] of WAYS.entries()) {
      const removed = await engine.quick(['rm', '-f', bad[index] ?? '']);
      t.like(removed, { code: 0, stderr: '' }, how);
      t.is(await engine.ok('exec', 'good', 'echo', 'yes'), 'yes', how);
    }
    t.is((await engine.docker(['system', 'check'])).stdout, 'All is well\n');
    await engine.ok('rm', '-f', 'good');
  });
}

const FOLDERS = ['init', 'trash', 'removed', 'run/c', 'run/cache', 'plugins'];

/** What the engine can make anew by itself, it does. In four rounds, every folder suffers each of the four. */
for (const round of WAYS.keys()) {
  const plan = FOLDERS.map((folder, index) => ({ folder, way: WAYS[(index + round) % WAYS.length] }));
  const words = plan.map(({ folder, way }) => `${folder} ${way?.[0]}`).join(', ');
  test.serial(`whatever becomes of the root's folders, containers start and end: ${words}`, async (t) => {
    const { engine } = given;
    await engine.stopDaemon();
    for (const { folder, way } of plan) way?.[1](join(engine.root, folder));
    await engine.startDaemon();
    t.is(await engine.ok('run', '--rm', 'busybox', 'echo', 'hello'), 'hello');
    await engine.ok('create', '--name', 'made', 'busybox', 'true');
    await engine.ok('rm', 'made');
    t.is((await engine.docker(['system', 'check'])).stdout, 'All is well\n');
  });
}

test.serial('a lock that is a folder keeps no daemon from its start', async (t) => {
  const { engine } = given;
  await engine.stopDaemon();
  DAMAGES['is a folder']?.(join(engine.root, 'daemon.lock'));
  await engine.startDaemon();
  t.is((await engine.docker(['-d'])).code, 125);
});
