import test from 'ava';
import { parseVolumeFlag } from '../../../../src/plugins/container/mounts/volume-flag.js';

const parse = (spec: string) => parseVolumeFlag(spec, (path) => `/client/${path}`);

test('a folder of the host', (t) => {
  t.deepEqual(parse('/a/b/:/c/'), { type: 'bind', source: '/a/b', target: '/c', readOnly: false });
  t.deepEqual(parse('/a:/c:ro'), { type: 'bind', source: '/a', target: '/c', readOnly: true });
  t.deepEqual(parse('/a:/c:rw,z'), { type: 'bind', source: '/a', target: '/c', readOnly: false });
  t.deepEqual(parse('/a:/c:ro,Z,cached'), { type: 'bind', source: '/a', target: '/c', readOnly: true });
  t.deepEqual(parse('/:/host'), { type: 'bind', source: '/', target: '/host', readOnly: false });
  t.deepEqual(parse('/a:/x/../c/./d//'), { type: 'bind', source: '/a', target: '/c/d', readOnly: false });
});

test("a folder of the client's", (t) => {
  t.like(parse('./a:/c'), { type: 'bind', source: '/client/a' });
  t.like(parse('../a:/c'), { type: 'bind', source: '/a' });
  t.like(parse('.:/c'), { type: 'bind', source: '/client' });
  t.like(parse('.cfg:/c'), { type: 'bind', source: '/client/.cfg' });
  t.like(parse('.ssh/keys:/c'), { type: 'bind', source: '/client/.ssh/keys' });
});

test('volumes with and without a name', (t) => {
  t.deepEqual(parse('data:/c:ro'), { type: 'volume', source: 'data', target: '/c', readOnly: true });
  t.deepEqual(parse('/c'), { type: 'volume', source: '', target: '/c', readOnly: false });
});

test('modes', (t) => {
  t.like(parse('/a:/c:rslave'), { readOnly: false, propagation: 'rslave' });
  t.like(parse('/a:/c:ro,shared,z'), { readOnly: true, propagation: 'shared' });
  t.deepEqual(parse('/a:/c:rprivate'), parse('/a:/c'));
  t.like(parse('data:/c:nocopy,ro'), { type: 'volume', readOnly: true, noCopy: true });
});

const refusals: Record<string, RegExp> = {
  '': /^invalid volume specification: ''$/,
  ':': /^invalid volume specification: ':'$/,
  ':/c': /^invalid volume specification: ':\/c'$/,
  '/a:/b:ro:x': /^invalid volume specification: /,
  '/a:': /^invalid volume specification: /,
  '/c:ro': /^invalid volume specification: '\/c:ro'$/,
  '/a:b': /invalid mount path: 'b' mount path must be absolute$/,
  a: /mount path must be absolute$/,
  '/a:/': /destination can't be '\/'$/,
  '/a:/x/..': /destination can't be '\/'$/,
  '/a:/b:wat': /^invalid mode: wat$/,
  '/a:/b:ro,rw': /^invalid mode: ro,rw$/,
  '/a:/b:nocopy': /^invalid mode: nocopy$/,
  'data:/b:rslave': /^invalid mode: rslave$/,
  '/a:/b:rslave,private': /^invalid mode: rslave,private$/,
  '/a:/b:z,Z': /^invalid mode: z,Z$/,
  'x:/b': /includes invalid characters for a local volume name/,
  'a/b:/c': /includes invalid characters for a local volume name/,
  '/a:/b\0': /^invalid volume specification: /,
};
for (const [spec, message] of Object.entries(refusals)) {
  test(`refused: ${JSON.stringify(spec)}`, (t) =>
    t.like(
      t.throws(() => parse(spec), { message }),
      { kind: 'invalid' },
    ));
}
