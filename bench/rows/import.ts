import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf, secondsOf, settle } from '../measure.js';
import { engines, type Row } from './row.js';

export function importFile(scratch: string): Row {
  return importing(scratch, 'import-file', 'import of a tar with one file of 1 GB', (folder) => {
    const block = randomFillSync(Buffer.alloc(10_000_000));
    for (let written = 0; written < 100; written++) writeFileSync(join(folder, 'file'), block, { flag: 'a' });
  });
}

export function importTree(scratch: string): Row {
  return importing(scratch, 'import-tree', 'import of a tar with 40,000 files of 1 kB', (folder) => {
    const text = randomFillSync(Buffer.alloc(1000));
    for (let part = 0; part < 400; part++) {
      mkdirSync(join(folder, `part${part}`));
      for (let file = 0; file < 100; file++) writeFileSync(join(folder, `part${part}/file${file}`), text);
    }
  });
}

function importing(scratch: string, id: string, title: string, fill: (folder: string) => void): Row {
  const tar = join(scratch, `${id}.tar`);
  return {
    id,
    title,
    unit: 's',
    peers: engines,
    runs: [3, 1],
    goals: [{ subject: 'gantry', of: 'docker', most: 1 }],
    prepare() {
      if (existsSync(tar)) return;
      const folder = join(scratch, id);
      mkdirSync(folder);
      fill(folder);
      spawnSync('tar', ['-C', folder, '-cf', tar, '.']);
      rmSync(folder, { recursive: true });
    },
    measure(peer) {
      settle();
      const seconds = secondsOf(peer, ['import', tar, 'imported']);
      outputOf(peer, ['rmi', 'imported']);
      return seconds;
    },
  };
}
