import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

/** Debian minbase, and 20 layers of a few files on top. */
function many(folder: string): BenchLayer[] {
  const debian = execFileSync('sh', ['scripts/image.sh', 'debian'], { encoding: 'utf8' }).trim();
  const small = Array.from({ length: 20 }, (_, index) => layerOf(folder, `small${index}`, 5, 10_000));
  return [compressed(readFileSync(debian)), ...small];
}

export function pullLarge(scratch: string): Row {
  return pulling(scratch, 'pull-large', 'pull of 1 GB in 8 layers', large);
}

export function pullMany(scratch: string): Row {
  return pulling(scratch, 'pull-many', 'pull of Debian minbase and 20 small layers', many);
}

export function pushLarge(scratch: string): Row {
  return pushing(scratch, 'push-large', 'push of 1 GB in 8 layers', large);
}

export function pushMany(scratch: string): Row {
  return pushing(scratch, 'push-many', 'push of Debian minbase and 20 small layers', many);
}

type Layers = (folder: string) => readonly BenchLayer[];

function pulling(scratch: string, id: string, title: string, layers: Layers): Row {
  let image = '';
  return {
    ...{ id, title, unit: 's', peers: engines, runs: [3, 1], goals: GOALS },
    prepare() {
      image = filled(scratch, id, layers);
    },
    measure(peer) {
      settle();
      const seconds = secondsOf(peer, ['pull', '-q', image]);
      outputOf(peer, ['rmi', '-f', image]);
      return seconds;
    },
  };
}

/** Each push goes to a registry that has nothing yet. */
function pushing(scratch: string, id: string, title: string, layers: Layers): Row {
  let image = '';
  return {
    ...{ id, title, unit: 's', peers: engines, runs: [3, 1], goals: GOALS },
    prepare() {
      image = filled(scratch, id, layers);
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

function filled(scratch: string, id: string, layers: Layers): string {
  const folder = mkdtempSync(join(scratch, 'layers-'));
  try {
    return new BenchRegistry(scratch).put(id, layers(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
