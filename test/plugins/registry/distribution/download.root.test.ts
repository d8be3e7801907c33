import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { makeImage } from '../support/images.js';
import { isClean, scene } from '../support/scene.js';

const MB = 1024 * 1024;
const random = (bytes: number, seed: string) => createHash('shake256', { outputLength: bytes }).update(seed).digest();

test.serial(
  'a disk that is full: nothing stays of the image, smaller ones still fit, and more room lets it in',
  async (t) => {
    const it = await scene(t);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'gantry-test', it.engine.root]);
    t.teardown(() => void execFileSync('umount', ['-l', it.engine.root]));
    it.registry.image('app', '1', makeImage([random(MB, 'small'), random(40 * MB, 'large')]));
    it.registry.image('app', '2', makeImage([random(4 * MB, 'other')]));
    for (let attempt = 0; attempt < 2; attempt++) {
      const { code, stderr } = await it.engine.docker(['pull', '-q', it.name]);
      t.is(code, 1);
      t.regex(stderr, /^Error: layer [0-9a-f]{12} of \S+ from \S+: file1: no space left on the disk\n$/);
      await isClean(t, it);
      const left = readdirSync(join(it.engine.root, 'blobs'), { withFileTypes: true });
      t.deepEqual(
        left.filter(({ name }) => name.endsWith('.part')),
        [],
      );
    }
    await it.engine.ok('pull', '-q', `${it.registry.host}/app:2`);
    execFileSync('mount', ['-o', 'remount,size=200m', it.engine.root]);
    await it.engine.ok('pull', '-q', it.name);
    t.is((await it.engine.ok('images', '-q')).split('\n').length, 2);
  },
);
