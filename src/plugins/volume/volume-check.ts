import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureStateFolder, kindAt } from '../../host/index.js';
import type { Check, Finding } from '../../kernel/index.js';
import { Config, Database, damagedJsonColumns } from '../system/index.js';
import { Volumes } from './contracts.js';

/** Compares volumes with their folders. Never deletes anything that a user may want. */
export class VolumeCheck implements Check {
  constructor(
    @Config private readonly config: Config,
    @Database private readonly database: Database,
    @Volumes private readonly volumes: Volumes,
  ) {}

  *findings(): Iterable<Finding> {
    yield* damagedJsonColumns(this.database, 'volume', {
      table: 'volumes',
      column: 'labels',
      key: 'name',
      empty: '{}',
    });
    const volumes = this.volumes.list();
    for (const { name, path } of volumes) {
      const kind = kindAt(path);
      if (kind === 'folder') continue;
      const problem = `its folder ${path} is ${kind ? 'no folder' : 'missing'}`;
      const repair = { does: 'make it anew, empty', did: 'made anew, empty', run: () => recreate(path) };
      yield { object: `volume ${name}`, problem, repair };
    }
    const known = new Set(volumes.map(({ name }) => name));
    for (const name of readdirSync(join(this.config.root, 'volumes')).filter(
      (one) => !known.has(one) && !/\.damaged-\d+$/.test(one),
    )) {
      const run = (): void => void this.volumes.ensure(name);
      const repair = { does: 'take it back', did: 'taken back', run };
      yield { object: `volume ${name}`, problem: 'there is a folder of it, and the database does not know it', repair };
    }
  }
}

function recreate(path: string): void {
  ensureStateFolder(dirname(path), 0o755);
  ensureStateFolder(path, 0o755);
}
