import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TestEngine } from '../support/engine.js';
import { RUN_VARIABLE } from './file-report.js';
import { allPids, commandOf, hasVariable } from './host-processes.js';
import { abandonedRunFolders, removeRunFolder } from './run-folder.js';
import { mountPoints } from './traces.js';

/** Removes what runs that were killed have left on this host: processes, containers, networks, mounts, files. */
export async function removeLeftovers(say: (line: string) => void): Promise<void> {
  for (const folder of abandonedRunFolders()) {
    say(`A killed run has left ${folder}; it is removed, with what belongs to it:`);
    for (const pid of processesOf(folder)) {
      say(`  process ${pid}: ${commandOf(pid)}`);
      kill(pid);
    }
    for (const name of readdirSync(folder)) await removeEngine(join(folder, name), say);
    for (const pid of processesOf(folder)) kill(pid);
    for (const path of mountPoints()
      .filter((path) => path.startsWith(`${folder}/`))
      .reverse()) {
      say(`  mount ${path}`);
      spawnSync('umount', ['-l', path]);
    }
    removeRunFolder(folder);
  }
}

/** The engine itself knows best what belongs to its root. */
async function removeEngine(root: string, say: (line: string) => void): Promise<void> {
  if (!existsSync(join(root, TestEngine.NOTE))) return;
  say(`  engine ${root}`);
  try {
    await TestEngine.adopt(root).destroy();
  } catch (error) {
    say(`  it could not be taken down: ${error instanceof Error ? error.message : error}`);
  }
}

function processesOf(folder: string): readonly number[] {
  const run = `${RUN_VARIABLE}=${folder}`;
  return allPids().filter((pid) => hasVariable(pid, run) || commandOf(pid).includes(`${folder}/`));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
