import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestEngine } from '../../support/engine.js';
import { type Call, callsTo, unclear } from '../calls.js';
import { Chance } from '../chance.js';
import type { Findings } from '../findings.js';
import { invariantsAtRest, lasting, processesOfNamespace, readRows } from '../invariants/index.js';
import { restart, revive, takeDown } from '../revive.js';
import type { RigOptions } from '../rig.js';
import type { Preload } from './preload.js';

interface Scene {
  readonly engine: TestEngine;
  readonly call: Call;
  readonly preload: Preload;
  readonly chance: Chance;
}

/** Each befalls an engine for a while, passes, and yields what it broke. */
export const CONDITIONS: Readonly<Record<string, (scene: Scene) => AsyncIterable<string>>> = {
  descriptors: noDescriptors,
  disk: fullDisk,
  stopped: stoppedProcesses,
  clock: movedClock,
};

const FOREVER = ['busybox', 'sleep', '86400'];
const A_DAY = 86_400;

/** What befalls a whole machine. `only` names some of them. */
export async function conditions(preload: Preload, { seed, only, tell }: RigOptions, found: Findings): Promise<void> {
  for (const [name, condition] of Object.entries(CONDITIONS)) {
    if (only.length > 0 && !only.includes(name)) continue;
    tell(name);
    using _folder = new TemporaryFolder(name === 'disk');
    const engine = new TestEngine(preload.env);
    await engine.importImage('busybox');
    await engine.startDaemon();
    const call = callsTo(engine);
    try {
      for await (const line of condition({ engine, call, preload, chance: new Chance(seed) })) found.add([line], name);
      found.add(await revive(engine), name);
      found.add(await invariantsAtRest(engine, call), `${name}, afterwards`);
      found.add(await restart(engine), `${name}, starting the next daemon`);
      found.add(await invariantsAtRest(engine, call), `${name}, with the next daemon`);
    } finally {
      await takeDown(engine);
    }
  }
}

/** Where roots of engines are made meanwhile; a small one is a file system of its own, which is soon full. */
class TemporaryFolder {
  readonly #outer = process.env['TMPDIR'];
  readonly #path = mkdtempSync(join(tmpdir(), 'gantry-disk-'));

  constructor(private readonly isSmall: boolean) {
    if (isSmall) spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', this.#path]);
    process.env['TMPDIR'] = this.#path;
  }

  [Symbol.dispose](): void {
    if (this.#outer === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = this.#outer;
    if (this.isSmall) spawnSync('umount', ['-l', this.#path]);
    rmSync(this.#path, { recursive: true, force: true });
  }
}

/** The daemon may open nothing more for a while. */
async function* noDescriptors({ engine, call }: Scene): AsyncIterable<string> {
  await call('run', '-d', '--name', 'plain', '-p', '80', ...FOREVER);
  await call('run', '-d', '--name', 'always', '--restart', 'always', ...FOREVER);
  const pids = new Set(readRows(engine.root).containers.map(({ pid }) => pid));
  limit(engine.daemonPid, 20);
  await Promise.all(Array.from({ length: 5 }, () => callsTo(engine, engine.socket, 3000)('ps')));
  await sleep(3000);
  limit(engine.daemonPid, 1024);
  for (const { name, status, pid } of readRows(engine.root).containers) {
    if (status !== 'running' || !pids.has(pid)) yield `${name}, which did nothing, is ${status}`;
  }
  for (let round = 0; round < 3; round++) {
    limit(engine.daemonPid, 110);
    const names = Array.from({ length: 22 }, (_, index) => `many${round}-${index}`);
    const answers = await Promise.all(names.map((name) => call('run', '-d', '--name', name, ...FOREVER)));
    limit(engine.daemonPid, 1024);
    for (const answer of answers) {
      const words = unclear(answer);
      if (words) yield `run ${words}`;
    }
    await call('rm', '-f', ...names);
  }
}

function limit(pid: number, descriptors: number): void {
  spawnSync('prlimit', ['--pid', String(pid), `--nofile=${descriptors}:1024`]);
}

/** Nothing can be written any more, until something is removed. */
async function* fullDisk({ engine, call }: Scene): AsyncIterable<string> {
  await call('run', '-d', '--name', 'writer', 'busybox', 'sh', '-c', 'while :; do echo a line; usleep 50000; done');
  const ballast = join(engine.root, '..', 'ballast');
  writeFileSync(ballast, '');
  spawnSync('sh', ['-c', `dd if=/dev/zero of=${ballast} bs=64k 2>/dev/null`]);
  const tries = [
    ['run', '-d', '--name', 'late', ...FOREVER],
    ['run', '--rm', 'busybox', 'true'],
    ['exec', 'writer', 'true'],
    ['commit', 'writer', 'full'],
    ['cp', '/bin/busybox', 'writer:/put'],
    ['update', '-m', '90m', 'writer'],
    ['restart', '-t', '0', 'writer'],
    ['stop', '-t', '0', 'writer'],
    ['rm', '-f', 'late'],
  ];
  for (const args of tries) {
    const words = unclear(await call(...args));
    if (words) yield `${args[0]} ${words}`;
  }
  rmSync(ballast);
  const words = unclear(await call('run', '--rm', 'busybox', 'true'));
  if (words) yield `run, with room again, ${words}`;
  if ((await call('start', 'writer')).code !== 0) yield 'what was stopped on a full disk does not start again';
}

/** Processes of the engine stand still for a while (SIGSTOP), one kind after the other. */
async function* stoppedProcesses({ engine, call, chance }: Scene): AsyncIterable<string> {
  const kinds: Readonly<Record<string, (command: string, pid: number) => boolean>> = {
    daemon: (_, pid) => pid === engine.daemonPid,
    monitor: (command) => command.includes('gantry-monitor'),
    runtime: (command) => /^[^\0]*\/(crun|runc)\0/.test(command),
    program: (command) => command.startsWith('sleep\x0086400'),
  };
  for (const [kind, isOne] of Object.entries(kinds)) {
    const name = `still-${kind}`;
    await call('run', '-d', '--name', name, ...FOREVER);
    const still = processesOfNamespace().filter(({ command, pid }) => isOne(command, pid));
    if (still.length === 0) yield `there is no ${kind}`;
    for (const { pid } of still) process.kill(pid, 'SIGSTOP');
    const answers = [
      ['exec', name, 'true'],
      ['stop', '-t', '1', name],
      ['start', name],
    ].map((args) => call(...args));
    await sleep(chance.between(500, 2500));
    for (const { pid } of still) signal(pid, 'SIGCONT');
    for (const [index, answer] of (await Promise.all(answers)).entries()) {
      const words = unclear(answer);
      if (words) yield `the ${kind} stood still, and ${['exec', 'stop', 'start'][index]} ${words}`;
    }
    await call('rm', '-f', name);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

/** The wall clock of the engine jumps, and what waits goes on. */
async function* movedClock({ call, preload }: Scene): AsyncIterable<string> {
  const health = ['--health-cmd', 'test -e /well', '--health-interval', '300ms', '--health-retries', '1'];
  for (const seconds of [-A_DAY, A_DAY]) {
    const name = seconds < 0 ? 'back' : 'forth';
    await call('run', '-d', '--name', name, '--restart', 'always', 'busybox', 'sh', '-c', 'sleep 0.1; exit 1');
    await call('run', '-d', '--name', `${name}-health`, ...health, ...FOREVER);
    // It is about to wait for 800 ms: the wait doubles, from 100 ms on.
    await lasting(async () => ((await life(call, name)) === '3 restarting' ? [] : ['']));
    preload.setClock(seconds);
    const late = await lasting(async () => ((await life(call, name)).startsWith('3') ? ['no restart'] : []));
    if (late.length > 0) yield `set by ${seconds} s, a restart is not made`;
    await call('exec', `${name}-health`, 'touch', '/well');
    const sick = await lasting(async () => {
      const { stdout } = await call('inspect', '-f', '{{.State.Health.Status}}', `${name}-health`);
      return stdout.trim() === 'healthy' ? [] : [stdout.trim()];
    });
    if (sick.length > 0) yield `set by ${seconds} s, a healthy container is ${sick}`;
    preload.setClock(0);
    await call('rm', '-f', name, `${name}-health`);
  }
}

async function life(call: Call, name: string): Promise<string> {
  return (await call('inspect', '-f', '{{.RestartCount}} {{.State.Status}}', name)).stdout.trim();
}
