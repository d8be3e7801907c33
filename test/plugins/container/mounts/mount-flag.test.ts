import test from 'ava';
import { parseMountFlag } from '../../../../src/plugins/container/mounts/mount-flag.js';

const parse = (flag: string) => parseMountFlag(flag, (path) => path);
const volume = { type: 'volume', source: 'data', explicit: true, target: '/c', readOnly: false };
const bind = { type: 'bind', source: '/etc', explicit: true, mustExist: true, target: '/c', readOnly: false };

const MOUNTS: Record<string, object> = {
  'src=data,dst=/c': volume,
  'type=volume,source=data,target=/c,volume-nocopy': { ...volume, noCopy: true },
  'src=data,dst=/c,volume-nocopy=0,ro=TRUE': { ...volume, readOnly: true },
  'src=data,dst=/c,volume-subpath=a/./b/': { ...volume, subpath: 'a/b/' },
  'src=data,dst=/c,volume-label=a=1,"volume-label=b=2,3"': { ...volume, labels: { a: '1', b: '2,3' } },
  'type=bind,src=/etc,dst=/c': bind,
  '"type=bind","src=/etc","dst=/c"': bind,
  'type=bind,src=/etc,"dst=/a,""b"""': { ...bind, target: '/a,"b"' },
  'type=bind,src=/etc,dst=/c,bind-propagation=rslave': { ...bind, propagation: 'rslave' },
  'type=bind,src=/etc,dst=/c,bind-propagation=rprivate,consistency=cached': bind,
  'type=bind,src=/etc,dst=/c,bind-nonrecursive': { ...bind, recursion: 'disabled' },
  'type=bind,src=/etc,dst=/c,readonly,bind-recursive=readonly': { ...bind, readOnly: true, recursion: 'readonly' },
  'type=bind,src=/etc,dst=/c,bind-recursive=false': { ...bind, recursion: 'disabled' },
};
for (const [flag, expected] of Object.entries(MOUNTS)) {
  test(flag, (t) => t.deepEqual(parse(flag) as object, { volume: expected }));
}

const REFUSED: Record<string, string> = {
  'src=data': 'target is required',
  'src=data,dst=/c,bind-propagation=rprivate': "cannot mix 'bind-*' options with mount type 'volume'",
  'type=bind,src=/etc,dst=/c,volume-nocopy': "cannot mix 'volume-*' options with mount type 'bind'",
  'type=tmpfs,dst=/c,volume-subpath=a': "cannot mix 'volume-*' options with mount type 'tmpfs'",
  'dst=/c,tmpfs-size=1m': "cannot mix 'tmpfs-*' options with mount type 'volume'",
  'dst=/c,source': "invalid field 'source' must be a key=value pair",
  'dst=/c,ro=maybe': 'invalid value for readonly: maybe',
  'src=data,dst=/c,volume-subpath=/a': 'subpath must be a relative path within the volume',
  'src=data,dst=/c,volume-subpath=a/../../b': 'subpath must be a relative path within the volume',
  'type=bind,src=/etc,dst=/c,bind-recursive=maybe':
    'invalid value for bind-recursive: maybe (must be "enabled", "disabled", "writable", or "readonly")',
  'type=bind,src=/etc,dst=/c,bind-recursive=writable':
    "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction",
  'type=bind,src=/etc,dst=/c,ro,bind-recursive=readonly,bind-propagation=slave':
    "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction",
};
for (const [flag, reason] of Object.entries(REFUSED)) {
  test(`refused: ${flag}`, (t) => {
    const message = `invalid argument ${JSON.stringify(flag)} for "--mount" flag: ${reason}`;
    t.like(
      t.throws(() => parse(flag)),
      { kind: 'usage', message },
    );
  });
}

test('quotes that do not fit are no field', (t) => {
  for (const flag of ['src="data",dst=/c', '"src=data"x,dst=/c', '"src=data,dst=/c']) {
    t.like(
      t.throws(() => parse(flag)),
      { kind: 'usage' },
    );
  }
});
