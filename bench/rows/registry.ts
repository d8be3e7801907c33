import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf, secondsOf, settle } from '../measure.js';
import { type BenchLayer, BenchRegistry, compressed, layerOf } from '../registry.js';
import { engines, type Row } from './row.js';

const GOALS: Row['goals'] = [
  { subject: 'gantry', of: 'docker', most: 0.8 },
  { subject: 'gantry', of: 'podman', most: 0.8 },
];

/** 8 layers of 128 MB. */
function large(folder: string): BenchLayer[] {
  return Array.from({ length: 8 }, (_, index) => layerOf(folder, `large${index}`, 8, 16_000_000));
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
  let image = '';
  return {
    ...{ id: 'pull-large', title: 'pull of 1 GB in 8 layers', unit: 's', peers: engines, runs: [3, 1], goals: GOALS },
    prepare() {
      image = filled(new BenchRegistry(scratch), 'pull-large', large);
    },
    measure(peer) {
      settle();
      const seconds = secondsOf(peer, ['pull', '-q', image]);
      outputOf(peer, ['rmi', '-f', image]);
      return seconds;
    },
  };
}

/** Another image each time, and none is removed: see the imports for what becomes of a disk after that. */
export function pullMany(scratch: string): Row {
  const title = 'pull of Debian minbase and 20 small layers';
  const runs = [3, 1] as const;
  const images: string[] = [];
  const pulled = new Map<string, number>();
  return {
    ...{ id: 'pull-many', title, unit: 's', peers: engines, runs, goals: GOALS },
    prepare() {
      const registry = new BenchRegistry(scratch);
      for (let run = 0; run < runs[0]; run++) images.push(filled(registry, `pull-many${run}`, many));
    },
    measure(peer) {
      const turn = pulled.get(peer.name) ?? 0;
      pulled.set(peer.name, turn + 1);
      settle();
      return secondsOf(peer, ['pull', '-q', images[turn] ?? '']);
    },
  };
}

export function pushLarge(scratch: string): Row {
  return pushing(scratch, 'push-large', 'push of 1 GB in 8 layers', large);
}

export function pushMany(scratch: string): Row {
  return pushing(scratch, 'push-many', 'push of Debian minbase and 20 small layers', many);
}

/** Each push goes to a registry that has nothing yet. */
function pushing(scratch: string, id: string, title: string, layers: (folder: string) => readonly BenchLayer[]): Row {
  let image = '';
  return {
    ...{ id, title, unit: 's', peers: engines, runs: [3, 1], goals: GOALS },
    prepare() {
      image = filled(new BenchRegistry(scratch), id, layers);
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
function filled(registry: BenchRegistry, name: string, layers: (folder: string) => readonly BenchLayer[]): string {
  const folder = mkdtempSync('/dev/shm/gantry-bench-');
  try {
    return registry.put(name, layers(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
