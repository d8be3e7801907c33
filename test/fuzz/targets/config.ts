import fc from 'fast-check';
import { parseDocument, toImage } from '../../../src/plugins/image/config/image-config.js';
import { parseUntrustedDocument } from '../../../src/plugins/image/config/untrusted-document.js';
import { describeImage } from '../../../src/plugins/image/views/image-inspection.js';
import { edited } from '../bytes.js';
import { same } from '../fuzz.js';
import { type Target, taken } from '../target.js';
import { json, list, object } from '../values.js';

const text = fc.string({ maxLength: 12 });
const digest = fc.constant(`sha256:${'ab'.repeat(32)}`);
const time = fc.constantFrom(
  '2020-01-02T03:04:05.678901234Z',
  '0001-01-01T00:00:00Z',
  '2020',
  'never',
  '+275761-01-01',
);
const set = fc.dictionary(fc.constantFrom('80/tcp', '/data', '', '__proto__', '70000/udp'), fc.constant({}));
const healthcheck = object({
  Test: list(fc.constantFrom('CMD', 'CMD-SHELL', 'NONE', 'true')),
  Interval: fc.integer(),
  Timeout: fc.integer(),
  Retries: fc.integer(),
});
const document = object({
  created: time,
  author: text,
  architecture: fc.constantFrom('amd64', 'arm64', ''),
  os: fc.constantFrom('linux', 'windows'),
  rootfs: object({ type: fc.constant('layers'), diff_ids: list(digest) }),
  history: list(object({ created: time, created_by: text, comment: text, empty_layer: fc.boolean() })),
  config: object({
    ...{
      Env: list(fc.constantFrom('A=b', 'PATH=/bin', '=', 'A')),
      Cmd: list(text),
      Entrypoint: list(text),
      User: text,
    },
    ...{ WorkingDir: text, StopSignal: text, Volumes: set, ExposedPorts: set, OnBuild: list(text) },
    ...{ Labels: fc.dictionary(text, text), Healthcheck: healthcheck },
  }),
});

/** Image configurations: what is taken can be shown, and reads the same again. */
export const config: Target<Buffer> = {
  corpus: ['{"rootfs":{"type":"layers","diff_ids":[]}}', '['.repeat(5000), '{"rootfs":null}', '{"a":'].map((words) =>
    Buffer.from(words),
  ),
  inputs: edited(document.map(json), 2),
  check(bytes) {
    const taking = taken(() => parseUntrustedDocument(bytes));
    if (!taking) return;
    same(parseDocument(bytes), taking, 'the configuration once it is kept');
    const image = toImage('sha256:0', '', taking, 0);
    JSON.stringify(describeImage(image, taking, { tags: [], digests: [] }, { driver: 'overlay' }));
  },
};
