import { Readable } from 'node:stream';
import test from 'ava';
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
