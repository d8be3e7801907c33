import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { loadImages } from '../../../../src/plugins/image/transfer/load-images.js';
import { SavedImages } from '../../../../src/plugins/image/transfer/save-images.js';
import { openImages } from './engine.js';
import { seeded } from './seeded.js';
import { stream, tar } from './tars.js';

/** A process that imports, commits, saves, loads, removes and brings back, without end: it is to be killed. */
const [, , root = '', seed = '0'] = process.argv;
const { graph, tags } = await openImages(root);
const random = seeded(Number(seed));

/** Few different ones, of files that replace each other. */
function archive(): Readable {
  const body = Buffer.alloc(1000 * (1 + random(300)), random(4));
  const names = Array.from({ length: 1 + random(40) }, (_, index) => `d${index % 7}/f${index % 11}`);
  return stream(tar(names.map((path) => ({ path, body }))));
}

async function act(): Promise<void> {
  const images = graph.list();
  const some = images[random(Math.max(1, images.length))];
  const kind = random(6);
  if (!some || kind === 0) await graph.create(archive(), {});
  else if (kind === 1) await graph.create(archive(), { parent: some.id });
  else if (kind === 2) tags.set(`name${random(3)}`, some.id);
  else if (kind === 3) {
    const saved = await buffer(Readable.from(new SavedImages(graph, [{ image: some, names: [] }]).chunks()));
    await removeAll();
    await loadImages(graph, stream(saved), root);
  } else if (kind === 4) await removeAll();
  else if (graph.removed()[0]) await graph.undo(graph.removed()[0]?.id ?? '');
}

/** All that nothing needs, some of them for good. */
async function removeAll(): Promise<void> {
  for (const { id } of graph.list()) {
    if (tags.namesOf(id).length === 0)
      await graph.remove(id, ...(random(2) ? [{ names: [] }] : [])).catch(() => undefined);
  }
}

process.stdout.write('busy\n');
for (;;) await act();
