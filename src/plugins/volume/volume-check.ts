import { lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Finding } from '../../kernel/index.js';
import { Config } from '../system/index.js';
import { Volumes } from './contracts.js';

/** Volumes against their folders. Nothing that a user may want is ever deleted. */
export class VolumeCheck implements Check {
  constructor(
    @Config private readonly config: Config,
    @Volumes private readonly volumes: Volumes,
  ) {}

  *findings(): Iterable<Finding> {
    const volumes = this.volumes.list();
    for (const { name, path } of volumes) {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory()) continue;
      const problem = `its folder ${path} is ${stat ? 'no folder' : 'missing'}`;
      const repair = { does: 'make it anew, empty', did: 'made anew, empty', run: () => remake(path) };
      yield { object: `volume ${name}`, problem, repair };
    }
    const known = new Set(volumes.map(({ name }) => name));
    for (const name of readdirSync(join(this.config.root, 'volumes')).filter((one) => !known.has(one))) {
      const run = (): void => void this.volumes.ensure(name);
      const repair = { does: 'take it back', did: 'taken back', run };
      yield { object: `volume ${name}`, problem: 'there is a folder of it, and the database does not know it', repair };
    }
  }
}

/** What is in its place is put beside. */
function remake(path: string): void {
  const beside = [join(path, '..'), path].find(
    (part) => lstatSync(part, { throwIfNoEntry: false })?.isDirectory() === false,
  );
  if (beside !== undefined) renameSync(beside, `${beside}.damaged-${Date.now()}`);
  mkdirSync(path, { recursive: true, mode: 0o755 });
}
