import test from 'ava';
import { mergeMounts } from '../../../../src/plugins/container/mounts/all-mounts.js';
import { parseMountFlag } from '../../../../src/plugins/container/mounts/mount-flag.js';
import { parseTmpfsFlag } from '../../../../src/plugins/container/mounts/tmpfs-flag.js';
import { parseVolumeFlag } from '../../../../src/plugins/container/mounts/volume-flag.js';

const v = (flag: string) => ({ volume: parseVolumeFlag(flag, (path) => path) });
const tmpfs = (flag: string) => ({ tmpfs: parseTmpfsFlag(flag) });
const mount = (flag: string) => parseMountFlag(flag, (path) => path);
const merge = (...asked: Parameters<typeof mergeMounts>[0]) => {
  const { mounts, tmpfs: others } = mergeMounts(asked);
  return [...mounts.map(({ source, target }) => `${source}:${target}`), ...others.map(({ options }) => options.join())];
};

test('an anonymous volume gives way to all else, an earlier tmpfs to a later one', (t) => {
  t.deepEqual(merge(v('/v'), v('/v')), [':/v']);
  t.deepEqual(merge(v('/v'), v('a1:/v'), v('/v/')), ['a1:/v']);
  t.deepEqual(merge(tmpfs('/v:size=1m,exec'), v('/v'), tmpfs('/v:exec')), ['exec']);
  t.deepEqual(merge(mount('type=tmpfs,dst=/v'), tmpfs('/v:size=2m')), ['size=2m']);
});

test('two others are one too many', (t) => {
  const message = 'Duplicate mount point: /v';
  t.throws(() => merge(v('a1:/v'), v('b1:/v')), { message });
  t.throws(() => merge(v('/tmp:/v'), mount('src=a1,dst=/v')), { message });
  t.throws(() => merge(tmpfs('/v'), v('a1:/v')), { message });
});
