import { spawnSync } from 'node:child_process';
import { randomFillSync, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secondsOf, settle } from '../measure.js';
import { engines, type Row } from './row.js';

export function importFile(scratch: string, quick: boolean): Row {
  const size = quick ? 100 : 300;
  return importing(scratch, 'import-file', `import of a tar with one file of ${size} MB`, (folder) => {
    const block = randomFillSync(Buffer.alloc(10_000_000));
    for (let written = 0; written < size / 10; written++) writeFileSync(join(folder, 'file'), block, { flag: 'a' });
  });
}

export function importTree(scratch: string, quick: boolean): Row {
  const parts = quick ? 100 : 400;
  return importing(scratch, 'import-tree', `import of a tar with ${parts * 100} files of 1 kB`, (folder) => {
    const text = randomFillSync(Buffer.alloc(1000));
    for (let part = 0; part < parts; part++) {
      mkdirSync(join(folder, `part${part}`));
      for (let file = 0; file < 100; file++) writeFileSync(join(folder, `part${part}/file${file}`), text);
    }
  });
}

/**
 * Nothing is deleted on the disk while a row runs, neither images nor what they were made from: for half a minute after
 * many files were deleted, ext4 makes new ones ten times as slowly, whoever makes them.
 */
function importing(scratch: string, id: string, title: string, fill: (folder: string) => void): Row {
  const tar = join(scratch, `${id}.tar`);
  return {
    id,
    title,
    unit: 's',
    peers: engines,
    runs: [2, 1],
    goals: [{ subject: 'gantry', of: 'docker', most: 1 }],
    prepare() {
      withFolder((folder) => {
        fill(folder);
        spawnSync('tar', ['-C', folder, '-cf', tar, '.']);
      });
    },
    measure(peer) {
      makeUnlike(tar);
      settle();
      return secondsOf(peer, ['import', tar, `imported-${randomUUID()}`]);
    },
  };
}

/** Adds a file that no tar before had: an engine that knows a layer throws the new copy away. */
function makeUnlike(tar: string): void {
  withFolder((folder) => {
    const name = randomUUID();
    writeFileSync(join(folder, name), '');
    spawnSync('tar', ['-C', folder, '-rf', tar, name]);
  });
}

/** In memory: what is made and removed here does not touch the disk that is measured. */
function withFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync('/dev/shm/gantry-bench-');
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
