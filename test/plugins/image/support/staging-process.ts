import { Readable } from 'node:stream';
import { openImages } from './engine.js';
import { ARCHIVE, DIFF_ID } from './one-layer.js';
import { stream } from './tars.js';

/** A process that takes a layer and makes no image of it: it is to be killed, at work (`half`) or when it is done (`whole`). */
const [, , root = '', moment = 'half'] = process.argv;
const { graph } = await openImages(root);

const half = new Readable({ read: () => undefined });
half.push(ARCHIVE.subarray(0, 2000));
const staged = graph.layerFrom(DIFF_ID, () => {
  process.stdout.write('working\n');
  return moment === 'half' ? half : stream(ARCHIVE);
});
await staged;
process.stdout.write('staged\n');
setInterval(() => staged, 1000);
