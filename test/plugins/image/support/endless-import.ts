import { Readable } from 'node:stream';
import { openImages } from './engine.js';
import { tar } from './tars.js';

/** A process that imports an archive which never ends, until it is killed. */
const { graph } = await openImages(process.argv[2] ?? '');
const archive = new Readable({ read: () => undefined });
archive.push(tar([{ path: 'started', body: 'x' }], Buffer.alloc(0)));
process.stdout.write('importing\n');
setInterval(() => undefined, 1000);
await graph.create(archive, {});
