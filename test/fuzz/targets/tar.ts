import { closeSync, constants, lstatSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ArchiveError, ByteSource, TarReader } from '../../../src/plugins/image/archive/index.js';
import { layerArchive } from '../../../src/plugins/image/layers/layer-archive.js';
import type { LayerStore } from '../../../src/plugins/image/layers/layer-store.js';
import { UnpackWorker } from '../../../src/plugins/image/unpack/worker.js';
import { same } from '../fuzz.js';
import { type Target, taken } from '../target.js';
import { archiveOf, damaged, entries, type Written } from './archives.js';
import { temporaryFolder } from './root-folder.js';

interface Input {
  readonly good: readonly Written[];
  /** The first that can be read is unpacked. */
  readonly bad: readonly Buffer[];
  /** As a layer, and not as a copy: whiteouts count, and the archive can be made again. */
  readonly isLayer: boolean;
}

const LIMIT = 1 << 20;
const TYPES = {
  ...{ File: 'file', Directory: 'directory', SymbolicLink: 'symlink', Link: 'link', FIFO: 'fifo' },
  ...{ CharacterDevice: 'character', BlockDevice: 'block', ExtendedHeader: 'never' },
} as const;

/**
 * Archives: what was written is read; of damaged ones there is an error in words. The process that unpacks them changes
 * nothing outside of its folder, and a layer's archive can be made again, byte for byte.
 */
class Archives implements Target<Input> {
  readonly inputs = fc.record({ good: entries, bad: fc.array(damaged, { maxLength: 12 }), isLayer: fc.boolean() });
  #place: Place | undefined;

  async check({ good, bad, isLayer }: Input): Promise<void> {
    const archive = archiveOf(good);
    const found = read(archive);
    for (const [index, { entry, body }] of good.entries()) isAsWritten(found[index], entry, body);
    const [readable] = bad.filter((each) => taken(() => read(each), ArchiveError) !== undefined);
    this.#place ??= new Place();
    await this.#place.unpack(archive, isLayer);
    if (readable) await this.#place.unpack(readable, isLayer);
  }

  close(): void {
    this.#place?.close();
    this.#place = undefined;
  }
}

export const tar: Target<Input> = new Archives();

type Found = ReturnType<typeof read>[number];

function read(archive: Buffer) {
  let at = 0;
  const source = new ByteSource((buffer, offset, length) => {
    const count = archive.copy(buffer, offset, at, at + Math.min(length, 700));
    at += count;
    return count;
  }, LIMIT);
  const reader = new TarReader(source);
  const found = [];
  for (let entry = reader.next(); entry; entry = reader.next()) {
    let size = 0;
    for (let bytes = reader.read(); bytes.length > 0; bytes = reader.read()) size += bytes.length;
    found.push({ entry, size });
  }
  return found;
}

function isAsWritten(found: Found | undefined, wanted: Written['entry'], body: Buffer): void {
  const { name, type, link, mode, uid, gid, mtime, xattrs } = found?.entry ?? {};
  const isFolder = wanted.type === 'File' && wanted.path.endsWith('/');
  same(
    { name, type, link, mode, uid, gid, mtime, xattrs: [...(xattrs ?? [])], size: found?.size },
    {
      ...{ name: wanted.path, type: isFolder ? 'directory' : TYPES[wanted.type], link: wanted.link ?? '' },
      ...{ mode: wanted.mode, uid: wanted.uid, gid: wanted.gid, mtime: wanted.mtime },
      ...{ xattrs: [...(wanted.xattrs ?? [])], size: body.length },
    },
    'an entry',
  );
}

/** Folders to unpack into, and beside them what must not change. */
class Place {
  readonly #base = temporaryFolder();
  readonly #open: number[];
  #worker: UnpackWorker | undefined;
  #count = 0;
  readonly #before: unknown;

  constructor() {
    for (const folder of ['layers', 'splits', 'outside', 'layers/outside']) mkdirSync(join(this.#base, folder));
    for (const folder of ['outside', 'layers/outside']) writeFileSync(join(this.#base, folder, 'file'), 'untouched');
    this.#open = ['layers', 'splits'].map((name) =>
      openSync(join(this.#base, name), constants.O_RDONLY | constants.O_DIRECTORY),
    );
    this.#before = this.#outside();
  }

  async unpack(archive: Buffer, isLayer: boolean): Promise<void> {
    const name = String(this.#count++);
    const [layer, split] = [join(this.#base, 'layers', name), join(this.#base, 'splits', name)];
    for (const folder of [layer, split]) mkdirSync(folder);
    const [layers = -1, tarSplits = -1] = this.#open;
    if (!this.#worker?.isAlive) this.#worker = await UnpackWorker.start({ layers, tarSplits });
    const worker = this.#worker;
    const job = { layer: name, limit: LIMIT, ...(isLayer ? { tarSplit: name } : { into: '/' }) };
    void worker.feed(job, chunksOf(archive)).catch(() => worker.closeInput());
    const outcome = await worker.outcome();
    if ('kind' in outcome) this.#worker = undefined;
    if ('kind' in outcome && outcome.kind === 'internal') throw new Error(outcome.message);
    if ('kind' in outcome && /did not survive/.test(outcome.message)) throw new Error(outcome.message);
    same(this.#outside(), this.#before, 'what is outside');
    if (!('kind' in outcome) && isLayer) await this.#makeAgain(outcome.diffId, layer, split, archive);
    for (const folder of [layer, split]) rmSync(folder, { recursive: true, force: true });
  }

  async #makeAgain(diffId: string, layer: string, split: string, archive: Buffer): Promise<void> {
    const store: Pick<LayerStore, 'keep' | 'path' | 'tarSplitPath'> = {
      keep: () => () => {},
      path: () => layer,
      tarSplitPath: () => split,
    };
    const pieces: Buffer[] = [];
    for await (const piece of layerArchive(store as LayerStore, diffId)) pieces.push(piece);
    if (!Buffer.concat(pieces).equals(archive)) throw new Error('the archive made again is another one');
  }

  #outside(): unknown {
    return ['outside', 'layers/outside'].map((folder) => {
      const { mode, uid, nlink, mtimeMs, ctimeMs, size } = lstatSync(join(this.#base, folder, 'file'));
      return [readdirSync(join(this.#base, folder)), mode, uid, nlink, mtimeMs, ctimeMs, size];
    });
  }

  close(): void {
    this.#worker?.kill();
    for (const descriptor of this.#open) closeSync(descriptor);
    rmSync(this.#base, { recursive: true, force: true });
  }
}

async function* chunksOf(archive: Buffer): AsyncGenerator<Buffer> {
  yield archive;
}
