import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf, secondsOf, settle } from '../measure.js';
import type { Peer } from '../peers/peer.js';
import { type BenchLayer, BenchRegistry, compressed, layerOf } from '../registry.js';
import { engines, type Row } from './row.js';

const GOALS: Row['goals'] = [
  { subject: 'gantry', of: 'docker', most: 0.8 },
  { subject: 'gantry', of: 'podman', most: 0.8 },
];

type Layers = (folder: string) => readonly BenchLayer[];
/** What a row of pulls has put into a registry, for the row that pushes the same. */
const firstOf = new Map<Layers, string>();

/** 8 layers of 32 MB. */
function large(folder: string): BenchLayer[] {
  return Array.from({ length: 8 }, (_, index) => layerOf(folder, `large${index}`, 2, 16_000_000));
}

/** Debian minbase with a file that no other has, and 20 layers of a few files on top. */
function many(folder: string): BenchLayer[] {
  const debian = execFileSync('sh', ['scripts/image.sh', 'debian'], { encoding: 'utf8' }).trim();
  const tar = join(folder, 'debian.tar');
  copyFileSync(debian, tar);
  const name = randomUUID();
  writeFileSync(join(folder, name), '');
  execFileSync('tar', ['-C', folder, '-rf', tar, name]);
  const small = Array.from({ length: 20 }, (_, index) => layerOf(folder, `small${index}`, 5, 10_000));
  return [compressed(readFileSync(tar)), ...small];
}

export function pullLarge(scratch: string): Row {
  return pulling(scratch, 'pull-large', 'pull of 256 MB in 8 layers', large, (peer, image) => {
    outputOf(peer, ['rmi', '-f', image]);
  });
}

/** None is removed: see the imports for what becomes of a disk after that. */
export function pullMany(scratch: string): Row {
  return pulling(scratch, 'pull-many', 'pull of Debian minbase and 20 small layers', many);
}

/**
 * Another image each time: an engine may still have the layers of one that was removed.
 * @param after each run
 */
function pulling(
  scratch: string,
  id: string,
  title: string,
  layers: Layers,
  after: (peer: Peer, image: string) => void = () => {},
): Row {
  let registry: BenchRegistry | undefined;
  const images: string[] = [];
  const turns = new Map<string, number>();
  return {
    ...{ id, title, unit: 's', peers: engines, runs: [2, 1], goals: GOALS },
    measure(peer) {
      const turn = turns.get(peer.name) ?? 0;
      turns.set(peer.name, turn + 1);
      registry ??= new BenchRegistry(scratch);
      images[turn] ??= filled(registry, `${id}${turn}`, layers);
      const image = images[turn];
      if (turn === 0) firstOf.set(layers, image);
      settle();
      const seconds = secondsOf(peer, ['pull', '-q', image]);
      after(peer, image);
      return seconds;
    },
  };
}

export function pushLarge(scratch: string): Row {
  return pushing(scratch, 'push-large', 'push of 256 MB in 8 layers', large);
}

export function pushMany(scratch: string): Row {
  return pushing(scratch, 'push-many', 'push of Debian minbase and 20 small layers', many);
}

/** Each push goes to a registry that has nothing yet. */
function pushing(scratch: string, id: string, title: string, layers: Layers): Row {
  let image = '';
  return {
    ...{ id, title, unit: 's', peers: engines, runs: [2, 1], goals: GOALS },
    prepare() {
      image = firstOf.get(layers) ?? filled(new BenchRegistry(scratch), id, layers);
    },
    measure(peer) {
      outputOf(peer, ['pull', '-q', image]);
      const target = new BenchRegistry(scratch);
      const name = `${target.host}/${id}:1`;
      outputOf(peer, ['tag', image, name]);
      settle();
      const seconds = secondsOf(peer, ['push', '-q', name]);
      outputOf(peer, ['rmi', '-f', name]);
      target.stop();
      return seconds;
    },
  };
}

/** The layers are made in memory: what is removed there does not touch the disk that is measured. */
function filled(registry: BenchRegistry, name: string, layers: Layers): string {
  const folder = mkdtempSync('/dev/shm/gantry-bench-');
  try {
    return registry.put(name, layers(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
