import { Readable } from 'node:stream';
import test from 'ava';
import { ImagesService } from '../../../../src/plugins/image/services/images-api.js';
import { imagesContract } from '../../../contracts/images.js';
import { newImages } from '../support/engine.js';
import { stream, tar } from '../support/tars.js';

imagesContract(test, async (t) => {
  const { graph, records, tags } = await newImages(t);
  for (const name of ['busybox', 'debian']) {
    const { id } = await graph.create(stream(tar([{ path: 'name', body: name }])), {});
    tags.set(name, id);
  }
  return new ImagesService(records, tags, graph);
});

test('an image that a container or another image needs keeps its names', async (t) => {
  const { graph, records, tags } = await newImages(t);
  const images = new ImagesService(records, tags, graph);
  const { id } = await graph.create(Readable.from([]), {});
  tags.set('base', id);
  graph.hold(id, 'c'.repeat(64));
  t.like(await t.throwsAsync(images.remove('base')), { kind: 'conflict' });
  graph.release('c'.repeat(64));
  const child = await graph.create(Readable.from([]), { parent: id });
  const message = `conflict: unable to delete ${id.slice(7, 19)} (cannot be forced) - image has dependent child images`;
  t.like(await t.throwsAsync(images.remove('base')), { kind: 'conflict', message });
  t.deepEqual((await images.get(id)).names, ['base:latest']);
  await images.remove(child.id);
  await images.remove('base');
  t.deepEqual(await images.list(), []);
});
