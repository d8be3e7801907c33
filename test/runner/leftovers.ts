import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TestEngine } from '../support/engine.js';
import { allPids, commandOf, isAlive, isOfRun } from './host-processes.js';
import { abandonedRunFolders, removeRunFolder } from './run-folder.js';
import { mountPoints } from './traces.js';

const POLL_MS = 20;

/** Removes what runs that were killed have left on this host: processes, containers, networks, mounts, files. */
export async function removeLeftovers(say: (line: string) => void): Promise<void> {
  for (const folder of abandonedRunFolders()) {
    say(`A killed run has left ${folder}; it is removed, with what belongs to it:`);
    // Containers end by their engine, which then has nothing left of them: first its daemon has to make room.
    await endAll(
      processesOf(folder).filter((each) => !isOfContainer(each)),
      say,
    );
    for (const name of readdirSync(folder)) await removeEngine(join(folder, name), say);
    await endAll(processesOf(folder), say);
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
  return allPids().filter((pid) => isOfRun(pid, folder));
}

function isOfContainer(pid: number): boolean {
  return /gantry-monitor|\/crun |\/runc /.test(commandOf(pid));
}

/** Until they are gone: the socket of a daemon that dies still takes connections. */
async function endAll(pids: readonly number[], say: (line: string) => void): Promise<void> {
  for (const pid of pids) {
    say(`  process ${pid}: ${commandOf(pid)}`);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
  while (pids.some(isAlive)) await setTimeout(POLL_MS);
}
