import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputOf, secondsOf } from '../measure.js';
import type { Peer, PeerName } from '../peers/peer.js';
import { processesOfTheHost, pssOf } from '../processes.js';
import { engines, type Row } from './row.js';

const LINES = 1_000_000;

/** Of each peer, the containers that one row started and the next one removes: podman takes a second and a half for each. */
const batches = new Map<PeerName, (readonly string[])[]>();
let started = 0;

function startBatch(peer: Peer, count: number): { readonly names: readonly string[]; readonly seconds: number } {
  const names = namesOf(`batch${++started}x`, count);
  return { names, seconds: names.reduce((sum, name) => sum + secondsOf(peer, sleeper(name)), 0) };
}

/** One after another, as a script does it; the next row removes them. */
export const runDetached = (quick: boolean): Row => {
  const count = quick ? 3 : 10;
  return {
    id: 'run-detached',
    title: `${count} times run -d, one after another`,
    unit: 's',
    peers: engines,
    runs: [2, 1],
    goals: [
      { subject: 'gantry', of: 'docker', most: 0.3 },
      { subject: 'gantry', of: 'podman', most: 0.7 },
    ],
    measure(peer) {
      const { names, seconds } = startBatch(peer, count);
      batches.set(peer.name, [...(batches.get(peer.name) ?? []), names]);
      return seconds;
    },
  };
};

export const removeMany = (quick: boolean): Row => {
  const count = quick ? 3 : 10;
  return {
    id: 'remove-many',
    title: `rm -f of ${count} running containers`,
    unit: 's',
    peers: engines,
    runs: [2, 1],
    goals: [
      { subject: 'gantry', of: 'docker', most: 0.6 },
      { subject: 'gantry', of: 'podman', most: 0.7 },
    ],
    measure(peer) {
      const names = batches.get(peer.name)?.shift() ?? startBatch(peer, count).names;
      return secondsOf(peer, ['rm', '-f', ...names]);
    },
  };
};

/** From a container that has ended. */
export const logs: Row = {
  id: 'logs',
  title: 'logs of 1,000,000 lines',
  unit: 's',
  peers: engines,
  runs: [3, 1],
  goals: [
    { subject: 'gantry', of: 'docker', most: 0.15 },
    { subject: 'gantry', of: 'podman', most: 0.25 },
  ],
  measure(peer) {
    if (!wrote.has(peer.name)) {
      outputOf(peer, ['run', '-d', '--name', 'wrote', 'busybox', 'seq', String(LINES)]);
      outputOf(peer, ['wait', 'wrote']);
      wrote.add(peer.name);
    }
    return secondsOf(peer, ['logs', 'wrote']);
  },
};

const wrote = new Set<PeerName>();

/** All that the engine itself takes while they run: daemons, monitors, shims. */
export function crowd(quick: boolean): Row {
  const count = quick ? 25 : 100;
  return {
    id: 'crowd',
    title: `memory of daemon and monitors with ${count} running containers (PSS)`,
    unit: 'MB',
    peers: ['gantry', 'docker'],
    runs: [1, 1],
    // With few of them most is the daemon.
    goals: quick ? [] : [{ subject: 'gantry', of: 'docker', most: 0.25 }],
    async measure(peer) {
      // Where the row that removes them was not asked for.
      for (const left of batches.get(peer.name)?.splice(0) ?? []) outputOf(peer, ['rm', '-f', ...left]);
      const names = namesOf('crowd', count);
      for (const name of names) outputOf(peer, sleeper(name));
      await sleep(2000);
      const bytes = [...processesOfTheHost()]
        .filter((pid) => belongs(pid, peer))
        .reduce((sum, pid) => sum + pssOf(pid), 0);
      outputOf(peer, ['rm', '-f', ...names]);
      return bytes / 1e6;
    },
  };
}

function namesOf(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => `${word}${number}`);
}

function sleeper(name: string): string[] {
  return ['run', '-d', '--name', name, 'busybox', 'sleep', '1000'];
}

/** By the command line: gantry's processes name its root, docker's are known by their programs. */
function belongs(pid: number, { name, env }: Peer): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    if (name === 'docker') return /^\S*(dockerd|containerd|containerd-shim\S*|docker-proxy) /.test(command);
    return command.includes(`${env['GANTRY_ROOT']} `) || command.includes(`${env['GANTRY_ROOT']}/`);
  } catch {
    return false;
  }
}
