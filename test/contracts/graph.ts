import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ExecutionContext, TestFn } from 'ava';
import { MNT_DETACH, unmount } from '../../src/host/index.js';
import type { Graph, TagStore } from '../../src/plugins/image/index.js';
import { stream, tar } from '../plugins/image/support/tars.js';

/** What the suite needs of the implementation under test. All is taken away by the caller's `t.teardown`. */
export interface GraphFixture {
  readonly graph: Graph;
  readonly tags: TagStore;
  /** An empty folder on the filesystem that containers' folders are on. */
  readonly folder: string;
}

const NAMES = ['/etc/postgres/postgres.conf', '/etc/passwd', '/var/log/postgres/postgres.conf'];

/** Absolute names, no entries for directories, mode 0. */
const smallTree = (): Readable => stream(tar(NAMES.map((path) => ({ path, body: `${path}\n`, mode: 0 }))));

/** What every Graph must do, however it keeps its layers. */
export function graphContract(test: TestFn, make: (t: ExecutionContext) => Promise<GraphFixture>): void {
  test('contract: a new graph is empty', async (t) => {
    const { graph } = await make(t);
    t.deepEqual(graph.list(), []);
  });

  test('contract: create gives an image that list and get have', async (t) => {
    const { graph } = await make(t);
    const image = await graph.create(smallTree(), { comment: 'Testing', config: { Cmd: ['sh'] } });
    t.regex(image.id, /^sha256:[0-9a-f]{64}$/);
    t.like(image, { comment: 'Testing', parent: '', config: { Cmd: ['sh'] } });
    t.is(image.diffIds.length, 1);
    t.is(image.size, NAMES.join('\n').length + 1);
    t.deepEqual(graph.list(), [image]);
    const hex = image.id.slice('sha256:'.length);
    for (const reference of [image.id, hex, hex.slice(0, 12), hex.slice(0, 1), `sha256:${hex.slice(0, 5)}`]) {
      t.deepEqual(graph.get(reference), image, reference);
    }
  });

  test('contract: an image is found by its name, and a missing one is an error in words', async (t) => {
    const { graph, tags } = await make(t);
    const image = await graph.create(smallTree(), {});
    tags.set('base', image.id);
    for (const name of ['base', 'base:latest', 'docker.io/library/base']) t.is(graph.get(name).id, image.id);
    for (const [name, words] of [
      ['nope', 'No such image: nope:latest'],
      ['base:2', 'No such image: base:2'],
      ['0'.repeat(64), `No such image: ${'0'.repeat(64)}`],
    ] as const) {
      t.like(
        t.throws(() => graph.get(name)),
        { kind: 'not found', message: words },
      );
    }
    t.like(
      t.throws(() => graph.get('Not_foo')),
      { kind: 'invalid' },
    );
  });

  test('contract: an ambiguous prefix is refused', async (t) => {
    const { graph } = await make(t);
    const seen = new Set<string>();
    let first = '';
    while (first === '') {
      const digit = (await graph.create(Readable.from([]), {})).id.slice(7, 8);
      if (seen.has(digit)) first = digit;
      seen.add(digit);
    }
    t.like(
      t.throws(() => graph.get(first)),
      { kind: 'conflict', message: `image id prefix ${first} is ambiguous` },
    );
  });

  test('contract: removal counts down, and two images of one drained stream are two', async (t) => {
    const { graph } = await make(t);
    const drained = smallTree();
    const only = await graph.create(drained, { comment: 'Test image' });
    t.is(graph.list().length, 1);
    await graph.remove(only.id);
    t.is(graph.list().length, 0);

    const one = await graph.create(drained, { comment: 'Test image' });
    const two = await graph.create(drained, { comment: 'Test image' });
    t.not(one.id, two.id);
    t.deepEqual(one.diffIds, two.diffIds);
    await graph.remove(one.id);
    t.deepEqual(
      graph.list().map(({ id }) => id),
      [two.id],
    );
    await t.throwsAsync(graph.remove('Not_foo'), { message: 'No such image: Not_foo' });
    t.is(graph.list().length, 1);
  });

  test('contract: an image that something needs stays', async (t) => {
    const { graph, tags } = await make(t);
    const parent = await graph.create(smallTree(), { config: { Env: ['A=1'] } });
    const child = await graph.create(Readable.from([]), { parent: parent.id });
    t.deepEqual(child.config, parent.config);
    t.deepEqual(child.diffIds.slice(0, 1), parent.diffIds);
    t.is(child.diffIds.length, 2);
    t.like(await t.throwsAsync(graph.remove(parent.id)), { kind: 'conflict' });
    graph.hold(child.id, 'c'.repeat(64));
    t.regex((await t.throwsAsync(graph.remove(child.id))).message, /^conflict: .* container cccccccccccc$/);
    graph.release('c'.repeat(64));
    tags.set('child', child.id);
    t.like(await t.throwsAsync(graph.remove(child.id)), { kind: 'conflict' });
    t.is(tags.delete('child'), child.id);
    await graph.remove(child.id);
    await graph.remove(parent.id);
    t.deepEqual(graph.list(), []);
  });

  test('contract: a root filesystem mounts, shows the image, and keeps changes in the upper folder', async (t) => {
    const { graph, folder } = await make(t);
    const image = await graph.create(smallTree(), {});
    const [upper, work, target] = ['upper', 'work', 'target'].map((name) => {
      mkdirSync(join(folder, name), { mode: 0o700 });
      return join(folder, name);
    }) as [string, string, string];
    graph.rootFilesystem(image.id, upper, work).mount(target);
    t.teardown(() => unmount(target, MNT_DETACH));
    t.is(readFileSync(join(target, 'etc/postgres/postgres.conf'), 'utf8'), '/etc/postgres/postgres.conf\n');
    for (const file of ['hosts', 'hostname', 'resolv.conf']) t.is(readFileSync(join(target, 'etc', file), 'utf8'), '');
  });

  test('contract: an image made of its configuration and layers is the same one, byte for byte', async (t) => {
    const { graph: from } = await make(t);
    const { graph } = await make(t);
    const parent = await from.create(smallTree(), { config: { Env: ['A=1'] } });
    const { id, diffIds } = await from.create(stream(tar([{ path: 'top', body: 'x' }])), { parent: parent.id });
    const layers = await Promise.all(diffIds.map((diffId) => graph.layerFrom(diffId, () => from.layerArchive(diffId))));
    const made = await graph.createFromConfig(from.configBytes(id), layers, { event: 'load', name: 'x' });
    for (const layer of layers) layer.release();
    t.is(made.id, id);
    t.like(graph.get(id), { id, diffIds, config: { Env: ['A=1'] } });
    for (const diffId of diffIds) {
      t.true((await buffer(graph.layerArchive(diffId))).equals(await buffer(from.layerArchive(diffId))));
    }
  });

  test('contract: calls for one layer open it once, and it stays until all have let go', async (t) => {
    const { graph } = await make(t);
    const archive = tar([{ path: 'x', body: 'x' }]);
    const diffId = digestOf(archive);
    let opened = 0;
    const open = (): Readable => {
      opened++;
      return stream(archive);
    };
    const [one, two] = await Promise.all([graph.layerFrom(diffId, open), graph.layerFrom(diffId, open)]);
    t.is(opened, 1);
    one.release();
    const image = await graph.createFromConfig(configOf(diffId), [two], { event: 'load', name: 'x' });
    two.release();
    const kept = await graph.layerFrom(diffId, open);
    await graph.remove(image.id);
    await graph.createFromConfig(configOf(diffId), [kept], { event: 'load', name: 'x' });
    kept.release();
    t.is(opened, 1);
    t.true(archive.equals(await buffer(graph.layerArchive(diffId))));
    await graph.remove(image.id);
    const again = await graph.layerFrom(diffId, open);
    again.release();
    t.is(opened, 2, 'what nobody needs is gone');
  });

  test('contract: what was removed with its names comes back with them, until it is forgotten', async (t) => {
    const { graph, tags } = await make(t);
    const image = await graph.create(smallTree(), { comment: 'kept', config: { Env: ['A=1'] } });
    const archive = await buffer(graph.layerArchive(image.diffIds[0] ?? ''));
    await graph.remove(image.id, { names: ['one:1', 'two:2'] });
    t.deepEqual(graph.list(), []);
    t.like(graph.removed(), [{ id: image.id, name: 'one:1' }]);
    const other = await graph.create(stream(tar([{ path: 'other', body: 'x' }])), {});
    tags.set('two:2', other.id);
    t.deepEqual(await graph.undo(image.id), image);
    t.is(tags.lookup('one:1'), image.id);
    t.is(tags.lookup('two:2'), other.id, 'a name that another has by now');
    t.true(archive.equals(await buffer(graph.layerArchive(image.diffIds[0] ?? ''))));
    t.deepEqual(graph.removed(), []);
    tags.delete('one:1');
    await graph.remove(image.id, { names: [] });
    t.is(await graph.emptyTrash(), image.size);
    t.is(graph.keepLayer(image.diffIds[0] ?? ''), undefined);
    await t.throwsAsync(graph.undo(image.id), { message: `No removed image: ${image.id}` });
  });

  test('contract: a layer of another digest is refused, and so are configurations that make no sense', async (t) => {
    const { graph } = await make(t);
    const archive = tar([{ path: 'x', body: 'x' }]);
    const wrong = `sha256:${'0'.repeat(64)}`;
    const refusal = await t.throwsAsync(graph.layerFrom(wrong, () => stream(archive)));
    t.like(refusal, { kind: 'invalid', message: `the layer's digest is ${digestOf(archive)}, and should be ${wrong}` });
    const layer = await graph.layerFrom(digestOf(archive), () => stream(archive));
    const bad = [
      'no json',
      '[]',
      '{}',
      'null',
      configOf(wrong).toString(),
      ...['"x"', '{"Env":"x"}', '{"Env":["A=1\\nB=2"]}', '{"Cmd":[1]}', '{"User":{}}', '{"Labels":{"a":1}}', '[]'].map(
        (config) => configOf(layer.diffId).toString().replace('"config":{}', `"config":${config}`),
      ),
      configOf(layer.diffId).toString().replace('linux', 'windows'),
      `${' '.repeat(5 * 2 ** 20)}${configOf(layer.diffId)}`,
    ];
    for (const text of bad) {
      const making = graph.createFromConfig(Buffer.from(text), [layer], { event: 'load', name: 'x' });
      t.like(await t.throwsAsync(making), { kind: 'invalid' }, text.slice(0, 200));
    }
    layer.release();
    t.deepEqual(graph.list(), []);
  });
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const configOf = (diffId: string): Buffer =>
  Buffer.from(
    JSON.stringify({ os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids: [diffId] } }),
  );
