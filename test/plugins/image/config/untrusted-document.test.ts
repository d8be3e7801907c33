import test from 'ava';
import { parseUntrustedDocument } from '../../../../src/plugins/image/config/untrusted-document.js';

const parse = (config: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  parseUntrustedDocument(Buffer.from(JSON.stringify({ config, rootfs: { type: 'layers', diff_ids: [] }, ...more })));

const many = (count: number) => Array.from({ length: count }, (_, index) => `V${index}=v`);
const set = <T>(count: number, value: T) => Object.fromEntries(many(count).map((name) => [name, value]));

test('what large images have is taken', (t) => {
  const { config } = parse({ Labels: set(4096, 'v'), Env: many(4096), ExposedPorts: set(10_001, {}) });
  t.is(Object.keys(config?.Labels ?? {}).length, 4096);
  t.notThrows(() => parse({ Labels: { metadata: 'x'.repeat(1_000_000) } }));
});

test('a command that is one text is a list of one', (t) => {
  t.deepEqual(parse({ Entrypoint: '/init', Cmd: ['a'] }).config, { Entrypoint: ['/init'], Cmd: ['a'] });
  t.deepEqual(parse({ Cmd: 'sh', Env: null }).config, { Cmd: ['sh'] });
});

for (const [field, value] of Object.entries({
  Labels: set(4097, 'v'),
  Env: many(4097),
  Cmd: many(4097),
  Volumes: set(257, {}),
  ExposedPorts: set(16_385, {}),
})) {
  test(`too many ${field} are refused`, (t) => {
    t.throws(() => parse({ [field]: value }), {
      message: `the image's configuration cannot be used: its config.${field} is not what it has to be`,
    });
  });
}

test('labels that are very long, and more values than any image needs, are refused', (t) => {
  t.throws(() => parse({ Labels: { a: 'x'.repeat(600_000), b: 'x'.repeat(600_000) } }), { message: /config\.Labels/ });
  t.throws(() => parse({}, { more: set(60_000, 'v') }), { message: /it is no JSON/ });
});
