import fc from 'fast-check';
import { hostPlatform } from '../../../src/plugins/image/config/platform.js';
import { MAX_IMAGE_LAYERS } from '../../../src/plugins/image/index.js';
import { choosePlatform } from '../../../src/plugins/registry/distribution/choose-platform.js';
import { parseManifest } from '../../../src/plugins/registry/distribution/manifest.js';
import { edited } from '../bytes.js';
import { type Target, taken } from '../target.js';
import { json, list, object, wholeObject } from '../values.js';

const TYPES = [
  ...['application/vnd.oci.image.manifest.v1+json', 'application/vnd.oci.image.index.v1+json'],
  ...['application/vnd.docker.distribution.manifest.v2+json', 'application/vnd.oci.image.config.v1+json'],
  ...['application/vnd.docker.distribution.manifest.list.v2+json', 'application/vnd.docker.container.image.v1+json'],
  ...['application/vnd.oci.image.layer.v1.tar+gzip', 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'],
];
const digest = fc.constantFrom(
  ...[`sha256:${'ab'.repeat(32)}`, `sha256:${'AB'.repeat(32)}`, `sha512:${'ab'.repeat(64)}`, 'sha256:../../x'],
);
const members = {
  mediaType: fc.constantFrom(...TYPES),
  digest,
  size: fc.oneof(fc.nat(), fc.constantFrom(2 ** 40, -1)),
};
const platform = object({
  os: fc.constantFrom('linux', 'windows', 'unknown'),
  architecture: fc.constantFrom('amd64', 'x86_64', 'arm64'),
  variant: fc.constantFrom('v8', ''),
});
const document = fc.oneof(
  wholeObject({
    schemaVersion: fc.constant(2),
    mediaType: fc.constantFrom(TYPES[0], TYPES[2]),
    config: wholeObject({ ...members, mediaType: fc.constantFrom(TYPES[3], TYPES[5]) }),
    layers: list(wholeObject({ ...members, mediaType: fc.constantFrom(TYPES[6], TYPES[7]) })),
  }),
  wholeObject({
    schemaVersion: fc.constant(2),
    mediaType: fc.constantFrom(TYPES[1], TYPES[4]),
    manifests: list(wholeObject({ ...members, platform })),
  }),
  object({ schemaVersion: fc.constantFrom(1, 2), config: object(members), layers: list(object(members)) }),
);

/** Manifests and lists of a registry: no digest that is taken could leave a folder, no list is without a bound. */
export const manifest: Target<readonly [Buffer, string | undefined]> = {
  inputs: fc.tuple(edited(document.map(json), 2), fc.constantFrom(undefined, ...TYPES, 'text/html', ' ; ')),
  check([bytes, contentType]) {
    const read = taken(() => parseManifest(bytes, contentType, 'x:latest'));
    if (!read) return;
    const blobs = read.kind === 'image' ? [read.config, ...read.layers] : read.manifests;
    for (const blob of blobs) {
      if (!/^sha256:[a-f0-9]{64}$/.test(blob.digest)) throw new Error(`the digest ${blob.digest} was taken`);
      if (!Number.isSafeInteger(blob.size) || blob.size < 0) throw new Error(`the size ${blob.size} was taken`);
    }
    if (read.kind === 'image' && new Set(read.layers.map(({ digest }) => digest)).size > MAX_IMAGE_LAYERS)
      throw new Error('too many layers');
    if (read.kind === 'index') taken(() => choosePlatform(read.manifests, hostPlatform(), 'x:latest'));
  },
};
