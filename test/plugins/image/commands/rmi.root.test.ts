import { Readable } from 'node:stream';
import test from 'ava';
import { Distribution, digestOf } from '../../../../src/plugins/image/index.js';
import { imageCalls } from '../support/client.js';
import { graphOf, imported } from '../support/imported.js';

test('rmi takes a name away, and with the last name the image', async (t) => {
  const calls = imageCalls(t);
  const id = await imported(calls, 'a');
  await calls.docker(['tag', 'a', 'b']);
  t.like(await calls.docker(['rmi', 'a']), { exitCode: 0, stdout: 'Untagged: a:latest\n' });
  t.like(await calls.docker(['rmi', 'nope', 'b', 'nope:2']), {
    exitCode: 1,
    stdout: `Untagged: b:latest\nDeleted: ${id}\n`,
    stderr: 'Error: No such image: nope:latest\nError: No such image: nope:2\n',
  });
  t.deepEqual((await graphOf(calls)).list(), []);
});

test('rmi by id wants force for several repositories', async (t) => {
  const calls = imageCalls(t);
  const id = await imported(calls, 'a');
  await calls.docker(['tag', 'a', 'b']);
  const short = id.slice(7, 19);
  t.like(await calls.docker(['rmi', short]), {
    exitCode: 1,
    stdout: '',
    stderr: `Error: conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories\n`,
  });
  t.like(await calls.docker(['image', 'rm', '-f', short]), {
    exitCode: 0,
    stdout: `Untagged: a:latest\nUntagged: b:latest\nDeleted: ${id}\n`,
  });
});

test('rmi leaves an image that a container uses, and deletes untagged parents with their last child', async (t) => {
  const calls = imageCalls(t);
  const graph = await graphOf(calls);
  const parent = await imported(calls);
  const child = await graph.create(Readable.from([]), { parent });
  await calls.docker(['tag', child.id, 'child']);
  graph.hold(child.id, 'c'.repeat(64));
  const words = `container cccccccccccc is using its referenced image ${child.id.slice(7, 19)}`;
  t.like(await calls.docker(['rmi', 'child']), {
    exitCode: 1,
    stderr: `Error: conflict: unable to remove repository reference "child" (must force) - ${words}\n`,
  });
  t.like(await calls.docker(['rmi', parent]), {
    exitCode: 1,
    stderr: `Error: conflict: unable to delete ${parent.slice(7, 19)} (cannot be forced) - image has dependent child images\n`,
  });
  t.like(await calls.docker(['rmi', '-f', 'child']), { exitCode: 0, stdout: 'Untagged: child:latest\n' });
  graph.release('c'.repeat(64));
  t.like(await calls.docker(['rmi', child.id]), { stdout: `Deleted: ${child.id}\nDeleted: ${parent}\n` });
});

test('a digest is a name: it can be tagged, listed, and removed alone', async (t) => {
  const calls = imageCalls(t);
  const out = async (...argv: string[]) => (await calls.docker(argv)).stdout;
  const id = await imported(calls);
  const [one, two] = ['one', 'two'].map((text) => {
    const bytes = Buffer.from(text);
    return { repository: 'r.example/a/b', mediaType: 'm', bytes, digest: digestOf(bytes) };
  }) as [Record<'repository' | 'mediaType' | 'digest', string> & { bytes: Buffer }, { digest: string; bytes: Buffer }];
  const name = `r.example/a/b@${one.digest}`;
  await calls.services.ensure([Distribution]);
  const distribution = calls.services.resolve(Distribution);
  distribution.recordManifest(id, one);
  distribution.recordManifest(id, { ...one, ...two }, { isName: false });
  const row = ['--format', '{{.Repository}} {{.Tag}} {{.ID}}', '--no-trunc'];
  t.is(await out('images', ...row, 'r.example/a/b'), `r.example/a/b <none> ${id}\n`);
  t.is(await out('images', ...row, name), `r.example/a/b <none> ${id}\n`);
  t.regex(await out('images', '--digests', 'r.example/a/b'), new RegExp(`\n\\S+ +<none> +${one.digest} +\\w+ .*\n$`));
  t.is(await out('image', 'inspect', '-f', '{{.RepoDigests}}', id), `[${name}]\n`);
  await calls.docker(['tag', name, 'mine:1']);
  t.is(await out('rmi', name), `Untagged: ${name}\n`);
  t.is((await calls.docker(['rmi', name])).exitCode, 1);
  t.is(await out('images', ...row), `mine 1 ${id}\n`);
  // What it was pulled with is kept for a push.
  t.is(distribution.manifestsOf(id).length, 2);
  distribution.recordManifest(id, one);
  await calls.docker(['tag', name, 'r.example/a/b:1']);
  t.is(await out('rmi', 'r.example/a/b:1'), `Untagged: r.example/a/b:1\nUntagged: ${name}\n`);
  distribution.recordManifest(id, one);
  t.is(await out('rmi', 'mine:1'), 'Untagged: mine:1\n');
  t.is(await out('rmi', name), `Untagged: ${name}\nDeleted: ${id}\n`);
});
