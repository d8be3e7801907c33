import test from 'ava';
import { parseManifest } from '../../../../src/plugins/registry/distribution/manifest.js';
import { CONFIG, INDEX, LAYER, MANIFEST, makeImage } from '../support/images.js';

const { manifest } = makeImage([Buffer.from('a')]);
const parse = (document: unknown, type: string | undefined = MANIFEST) =>
  parseManifest(Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)), type, 'app:1');
const [layer] = manifest.layers;
const withLayer = (change: Record<string, unknown>) => ({ ...manifest, layers: [{ ...layer, ...change }] });

test('an image', (t) => {
  t.deepEqual(parse(manifest), {
    kind: 'image',
    mediaType: MANIFEST,
    config: manifest.config,
    layers: manifest.layers,
  });
});

test('a type that OCI leaves out is told by what is there', (t) => {
  const { mediaType: _, ...untyped } = manifest;
  t.is(parse(untyped, undefined).mediaType, MANIFEST);
  t.is(parse({ schemaVersion: 2, manifests: [] }, undefined).mediaType, INDEX);
});

test('an index', (t) => {
  const entry = { mediaType: MANIFEST, digest: `sha256:${'a'.repeat(64)}`, size: 3 };
  const platform = { os: 'linux', architecture: 'arm64', variant: 'v8' };
  const index = parse({ schemaVersion: 2, manifests: [{ ...entry, platform }, entry] }, INDEX);
  t.deepEqual(index, {
    kind: 'index',
    mediaType: INDEX,
    manifests: [
      { ...entry, platform },
      { ...entry, platform: undefined },
    ],
  });
});

const refused = test.macro((t, document: unknown, why: RegExp, type?: string) => {
  const error = t.throws(() => parse(document, type));
  t.like(error, { kind: 'invalid' });
  t.regex(error.message, /^the manifest of app:1 cannot be used: /);
  t.regex(error.message, why);
});
test('no JSON', refused, '{', /no JSON object/);
test('a list', refused, '[]', /no JSON object/);
test('more JSON than images need', refused, { ...manifest, more: new Array(300_000).fill([]) }, /no JSON object/);
test('schema 1', refused, { schemaVersion: 1, fsLayers: [] }, /schema 1/);
test('schema 3', refused, { schemaVersion: 3 }, /schema is not known/);
test('an unknown type', refused, { ...manifest, mediaType: 'text/html' }, /'text\/html' is not known/);
test('a page for people', refused, { schemaVersion: 2 }, /'text\/html' is not known/, 'text/html');
test('the registry says something else', refused, manifest, /not what the registry says/, INDEX);
test('two things at once', refused, { ...manifest, manifests: [] }, /at once/);
test('another algorithm', refused, withLayer({ digest: `sha512:${'a'.repeat(128)}` }), /it uses sha512/);
test('a path for a digest', refused, withLayer({ digest: 'sha256:../../../etc/passwd' }), /malformed digest/);
test('capitals in a digest', refused, withLayer({ digest: `sha256:${'A'.repeat(64)}` }), /malformed digest/);
test('a negative size', refused, withLayer({ size: -1 }), /no size/);
test('a size that is none', refused, withLayer({ size: '3' }), /no size/);
test('a size of no disk', refused, withLayer({ size: 2 ** 50 }), /no size/);
test('no size', refused, withLayer({ size: undefined }), /no size/);
test('layers elsewhere', refused, withLayer({ urls: ['http://127.0.0.1/x'] }), /fetched from elsewhere/);
test('layers of an unknown type', refused, withLayer({ mediaType: `${LAYER}+encrypted` }), /is not known/);
test(
  'an artifact',
  refused,
  { ...manifest, config: { ...manifest.config, mediaType: 'application/vnd.cncf.helm.config.v1+json' } },
  /no container image/,
);
test('no config', refused, { ...manifest, config: undefined }, /config is not what/);
test('no layers', refused, { ...manifest, layers: undefined }, /no layers/);
test(
  'more layers than an image may have',
  refused,
  {
    ...manifest,
    layers: Array.from({ length: 128 }, (_, index) => ({
      ...layer,
      digest: `sha256:${String(index).padStart(64, '0')}`,
    })),
  },
  /128 layers/,
);

test('all types of layers that are in use', (t) => {
  for (const mediaType of [
    'application/vnd.docker.image.rootfs.diff.tar.gzip',
    'application/vnd.oci.image.layer.v1.tar',
    'application/vnd.oci.image.layer.v1.tar+zstd',
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    'application/vnd.oci.image.layer.nondistributable.v1.tar',
    LAYER,
  ]) {
    t.is(parse(withLayer({ mediaType })).kind, 'image', mediaType);
  }
  t.is(manifest.config.mediaType, CONFIG);
});

test('configurations without a type of their own', (t) => {
  for (const mediaType of ['application/octet-stream', 'application/json', '', undefined]) {
    t.is(parse({ ...manifest, config: { ...manifest.config, mediaType } }).kind, 'image', mediaType);
  }
});
