import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createEngine } from '../../../../src/engine/engine.js';
import { Containers } from '../../../../src/plugins/container/contracts/index.js';
import type { ContainersApi } from '../../../../src/plugins/container/services/containers-api.js';
import { Graph, TagStore } from '../../../../src/plugins/image/index.js';
import { containersContract } from '../../../contracts/containers.js';
import { imageTar } from '../../../support/engine.js';

const root = mkdtempSync(join(tmpdir(), 'gantry-containers-'));
const bridge = `gs${process.pid.toString(36)}`;
const { services } = createEngine(
  {
    ...{ root, runDir: join(root, 'run'), bridge, daemon: true, pluginDirs: [], debug: false },
    subnet: `10.${randomInt(100, 240)}.${randomInt(256)}.0/24`,
  },
  { debug: () => {}, info: () => {}, warn: () => {} },
);

test.before(async () => {
  await services.ensure([Containers, Graph, TagStore]);
  const { id } = await services.resolve(Graph).create(createReadStream(imageTar('busybox')), {});
  services.resolve(TagStore).set('busybox', id);
});

test.after.always(async () => {
  await emptied();
  await services.stop();
  spawnSync('ip', ['link', 'del', bridge]);
  spawnSync('nft', ['delete', 'table', 'inet', bridge]);
  rmSync(root, { recursive: true, force: true, maxRetries: 20 });
});

async function emptied(): Promise<ContainersApi> {
  const containers = services.resolve(Containers) as ContainersApi;
  for (const { id } of await containers.list({ all: true })) await containers.remove(id, { force: true });
  return containers;
}

containersContract(test, emptied);

test.serial('a program gets its environment, and its output and exit code come back', async (t) => {
  const containers = await emptied();
  const script = 'echo "$GREETING" | tee /data/file; echo two; echo three >&2; exit 3';
  await containers.create({
    image: 'busybox',
    command: ['sh', '-c', script],
    name: 'speaks',
    env: { GREETING: 'hello you' },
    volumes: ['notes:/data'],
  });
  await containers.start('speaks');
  t.is(await containers.wait('speaks'), 3);
  const text = await containers.logs('speaks');
  t.deepEqual(text.split('\n').sort(), ['', 'hello you', 'three', 'two']);
  t.is(await containers.logs('speaks', { limit: 5 }), text.slice(-5));
  t.is((await containers.logs('speaks', { tail: 1 })).split('\n').length, 2);
  await containers.create({
    image: 'busybox',
    command: ['cat', '/data/file'],
    name: 'reads',
    volumes: ['notes:/data:ro'],
  });
  await containers.start('reads');
  t.is(await containers.wait('reads'), 0);
  t.is(await containers.logs('reads'), 'hello you\n');
});

test.serial('a program that is not there is refused in words', async (t) => {
  const containers = await emptied();
  await containers.create({ image: 'busybox', command: ['/no/such'], name: 'none' });
  t.like(await t.throwsAsync(containers.start('none')), { kind: 'no such program' });
  t.like(await containers.get('none'), { status: 'exited', exitCode: 127 });
});
