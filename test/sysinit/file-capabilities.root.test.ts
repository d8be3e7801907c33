import { join } from 'node:path';
import test from 'ava';
import { check, libc } from '../../src/host/index.js';
import { ContainerTree } from '../../src/sysinit/container-tree.js';
import { checkFileCapabilities } from '../../src/sysinit/file-capabilities.js';
import { temporaryRoot } from './temporary-root.js';

const NET_RAW = 13n;
const CHECKPOINT_RESTORE = 40n;

/** Gives a file capabilities, as setcap(8) does. */
function demand(path: string, bits: bigint, effective: boolean): void {
  const value = Buffer.alloc(20);
  value.writeUInt32LE(0x0200_0000 | (effective ? 1 : 0), 0);
  value.writeUInt32LE(Number(bits & 0xffff_ffffn), 4);
  value.writeUInt32LE(Number(bits >> 32n), 12);
  check(libc().lsetxattr(path, 'security.capability', value, value.length, 0), 'lsetxattr', path);
}

test('a file that demands capabilities which the container lacks is refused', (t) => {
  const root = temporaryRoot(t, { ping: ['', 0o755], plain: ['', 0o755], soft: ['', 0o755], high: ['', 0o755] });
  demand(join(root, 'ping'), 1n << NET_RAW, true);
  demand(join(root, 'soft'), 1n << NET_RAW, false);
  demand(join(root, 'high'), 1n << CHECKPOINT_RESTORE, true);
  const tree = new ContainerTree(root, [{ source: join(root, 'ping'), destination: '/mounted' }]);
  for (const path of ['/ping', '/high', '/mounted']) {
    t.like(
      t.throws(() => checkFileCapabilities(tree, path, 1n)),
      { kind: 'not executable', message: `exec: "${path}": operation not permitted` },
    );
  }
  t.notThrows(() => checkFileCapabilities(tree, '/ping', (1n << NET_RAW) | 1n));
  for (const path of ['/plain', '/soft', '/nosuch']) t.notThrows(() => checkFileCapabilities(tree, path, 0n));
});
