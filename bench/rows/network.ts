import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { median, outputOf, secondsOf } from '../measure.js';
import type { Peer } from '../peers/peer.js';
import type { Row } from './row.js';

const AT_ONCE = 8;
const PER_CONTAINER = 100;
const TRIES = 5;
const WEB = ['busybox', 'httpd', '-f', '-h', '/etc'];

/** Started by several clients at once; then one asks all of them, by name, for a page. */
export const names = (quick: boolean): Row => {
  const count = quick ? 50 : 250;
  return {
    id: 'names',
    title: `${count} containers on one network, ${AT_ONCE} started at once, until all have answered by name`,
    unit: 's',
    peers: ['gantry'],
    runs: [1, 1],
    goals: [{ subject: 'gantry', most: quick ? 6 : 30 }],
    async measure(peer) {
      const all = Array.from({ length: count }, (_, number) => `crowd${number}`);
      outputOf(peer, ['network', 'create', 'crowd']);
      const begin = performance.now();
      const waiting = [...all];
      const client = async (): Promise<void> => {
        for (let name = waiting.pop(); name; name = waiting.pop()) await started(peer, name);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, client));
      const ask = `for name in ${all.join(' ')}; do wget -qO /dev/null http://$name/hostname || exit 1; done`;
      outputOf(peer, ['exec', 'crowd0', 'sh', '-c', ask]);
      const seconds = (performance.now() - begin) / 1000;
      outputOf(peer, ['rm', '-f', ...all]);
      outputOf(peer, ['network', 'rm', 'crowd']);
      return seconds;
    },
  };
};

/** The 501st published port, and a request through it, as a multiple of the first. */
export const manyPorts = (quick: boolean): Row => {
  const ports = quick ? 100 : 500;
  return {
    id: 'ports',
    title: `run -p and a request with ${ports} ports published, by the same with none`,
    unit: 'x',
    peers: ['gantry'],
    runs: [2, 1],
    goals: [{ subject: 'gantry', most: 1.2 }],
    async measure(peer) {
      await published(peer);
      const first = await published(peer);
      const others = Array.from({ length: ports / PER_CONTAINER }, (_, number) => `ports${number}`);
      for (const [number, name] of others.entries()) {
        const from = 20_000 + number * PER_CONTAINER;
        const range = `${from}-${from + PER_CONTAINER - 1}:1-${PER_CONTAINER}`;
        outputOf(peer, ['run', '-d', '--name', name, '-p', range, 'busybox', 'sleep', '1000']);
      }
      const last = await published(peer);
      outputOf(peer, ['rm', '-f', ...others]);
      return Math.max(last.start / first.start, last.request / first.request);
    },
  };
};

/** Medians, in seconds. */
async function published(peer: Peer): Promise<{ readonly start: number; readonly request: number }> {
  const starts: number[] = [];
  const requests: number[] = [];
  for (let tries = 0; tries < TRIES; tries++) {
    starts.push(secondsOf(peer, ['run', '-d', '--name', 'probe', '-p', '127.0.0.1:19999:80', ...WEB]));
    await answered();
    for (let each = 0; each < TRIES; each++) {
      const begin = performance.now();
      await request();
      requests.push((performance.now() - begin) / 1000);
    }
    outputOf(peer, ['rm', '-f', 'probe']);
  }
  return { start: median(starts), request: median(requests) };
}

async function request(): Promise<void> {
  await (await fetch('http://127.0.0.1:19999/hostname', { headers: { connection: 'close' } })).text();
}

/** The server needs a moment to listen. */
async function answered(): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      return await request();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  throw new Error('the published port does not answer');
}

async function started(peer: Peer, name: string): Promise<void> {
  const [command = '', ...rest] = peer.argv(['run', '-d', '--name', name, '--network', 'crowd', ...WEB]);
  const client = spawn(command, rest, { env: peer.env, stdio: 'ignore' });
  const [code] = await once(client, 'close');
  if (code !== 0) throw new Error(`${peer.name} run ${name}: exit ${code}`);
}
