import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestEngine } from '../../../support/engine.js';

/** Freezes a container behind the engine's back, as a `docker pause` does whose engine is killed before it can record that. */
export function freezeByRuntime(engine: TestEngine, id: string): void {
  const runtime = ['crun', 'runc'].find((name) => existsSync(join(engine.root, 'run', name, id)));
  if (!runtime) throw new Error('no runtime has this container');
  execFileSync(runtime, ['--root', join(engine.root, 'run', runtime), 'pause', id]);
}
