import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, outputOf, secondsOf } from '../measure.js';
import type { Peer } from '../peers/peer.js';
import type { Row } from './row.js';

const DEEP = 100;
const CALLS = 9;

/** Beyond what a command that does nothing takes. */
export function imagesOfMany(scratch: string, quick: boolean): Row {
  const count = quick ? 1000 : 10_000;
  const archive = join(scratch, 'many-images.tar');
  return {
    ...{ id: 'images-many', title: `images with ${count} images, beyond version`, unit: 's', runs: [3, 1] },
    peers: ['gantry'],
    goals: [{ subject: 'gantry', most: 0.1 }],
    prepare: () => makeArchive(archive, (folder) => many(folder, count)),
    measure(peer) {
      loadOnce(peer, archive);
      return difference(peer, ['version'], ['images']);
    },
  };
}

export function historyOfDeep(scratch: string): Row {
  return deep(scratch, { id: 'history-deep', title: `history of ${DEEP} layers, beyond version`, most: 0.1 }, (peer) =>
    difference(peer, ['version'], ['history', 'deep']),
  );
}

export function runDeep(scratch: string): Row {
  const what = { id: 'run-deep', title: `run of ${DEEP} layers, beyond that of one`, most: 0.01 };
  return deep(scratch, what, (peer) =>
    difference(peer, ...(['busybox', 'deep'].map(runOf) as [readonly string[], readonly string[]])),
  );
}

const runOf = (image: string): readonly string[] => ['run', '--rm', '--network', 'none', image, 'true'];

function deep(
  scratch: string,
  { id, title, most }: { readonly id: string; readonly title: string; readonly most: number },
  measure: (peer: Peer) => number,
): Row {
  const archive = join(scratch, 'deep-image.tar');
  return {
    ...{ id, title, unit: 's', peers: ['gantry'], runs: [3, 1], goals: [{ subject: 'gantry', most }] },
    prepare: () => makeArchive(archive, (folder) => deepImage(folder, join(scratch, 'busybox.tar'))),
    measure(peer) {
      loadOnce(peer, archive);
      return measure(peer);
    },
  };
}

/** Medians of calls that take turns; not less than nothing. */
function difference(peer: Peer, usual: readonly string[], measured: readonly string[]): number {
  const times = Array.from({ length: CALLS }, () => [secondsOf(peer, usual), secondsOf(peer, measured)] as const);
  return Math.max(0, median(times.map(([, second]) => second)) - median(times.map(([first]) => first)));
}

const loaded = new Set<string>();
function loadOnce(peer: Peer, archive: string): void {
  if (!loaded.has(archive)) outputOf(peer, ['load', '-q', '-i', archive]);
  loaded.add(archive);
}

/** In memory, since many files are deleted afterwards: see the row of imports. */
function makeArchive(archive: string, fill: (folder: string) => object[]): void {
  const folder = mkdtempSync('/dev/shm/gantry-bench-');
  try {
    mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(fill(folder)));
    spawnSync('tar', ['-C', folder, '-cf', archive, 'blobs', 'manifest.json']);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function many(folder: string, count: number): object[] {
  const layer = layerOf(folder, 'one');
  return Array.from({ length: count }, (_, index) => imageOf(folder, `many/image${index}:1`, [layer]));
}

function deepImage(folder: string, base: string): object[] {
  const layers = Array.from({ length: DEEP - 1 }, (_, index) => layerOf(folder, `layer${index}`));
  return [imageOf(folder, 'deep:latest', [blob(folder, readFileSync(base)), ...layers])];
}

/** A layer of one empty file. */
function layerOf(folder: string, name: string): string {
  const content = join(folder, 'content');
  mkdirSync(content);
  writeFileSync(join(content, name), '');
  const { stdout } = spawnSync('tar', ['-C', content, '-c', name]);
  rmSync(content, { recursive: true });
  return blob(folder, stdout);
}

function imageOf(folder: string, name: string, layers: readonly string[]): object {
  const config = blob(
    folder,
    JSON.stringify({
      ...{
        created: '2024-01-01T00:00:00Z',
        os: 'linux',
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      },
      config: { Env: ['PATH=/usr/bin:/bin'], Cmd: ['sh'], Labels: { name } },
      rootfs: { type: 'layers', diff_ids: layers.map((hex) => `sha256:${hex}`) },
      history: layers.map(() => ({ created: '2024-01-01T00:00:00Z', created_by: 'bench' })),
    }),
  );
  const path = (hex: string): string => `blobs/sha256/${hex}`;
  return { Config: path(config), RepoTags: [name], Layers: layers.map(path) };
}

/** @returns the digest's hex digits */
function blob(folder: string, bytes: Buffer | string): string {
  const hex = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(folder, 'blobs/sha256', hex), bytes);
  return hex;
}
