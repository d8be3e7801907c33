import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ExecutionContext, TestFn } from 'ava';
import type { Graph, TagStore } from '../../src/plugins/image/index.js';
import { MNT_DETACH, unmount } from '../../src/plugins/system/index.js';
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
}
