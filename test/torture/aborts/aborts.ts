import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeCall } from '../../../src/transport/local/call-request.js';
import { TestEngine } from '../../support/engine.js';
import { type Call, callsTo } from '../calls.js';
import { Chance } from '../chance.js';
import { Findings } from '../findings.js';
import { growthSince, invariantsAtRest, usageAtRest } from '../invariants/index.js';
import { takeDown } from '../revive.js';
import type { Rig } from '../rig.js';
import { DaemonHeap } from './daemon-heap.js';

const MEGABYTE = 2 ** 20;
const MOST_GROWTH = 5 * MEGABYTE;
/** Calls before the first look: they load code, and fill caches. */
const WARM_UP = 100;
const SIDE_BY_SIDE = 8;
const MOST_PATIENCE_MS = 150;
const LOOKS_AT_REST = 12;
const HOST = 'host';

/** Calls that clients leave. What has run to its end by then has not been aborted, which is as well. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  run: ['run', '--rm', 'busybox', 'true'],
  exec: ['exec', HOST, 'sleep', '0.1'],
  attach: ['attach', HOST],
  logs: ['logs', '-f', HOST],
  events: ['events'],
  stats: ['stats', HOST],
};

/** Calls whose clients leave at random moments cost the daemon nothing in the end. Counts calls of each kind. */
export const aborts: Rig = async ({ seed, count = 2000, only, tell }) => {
  const engine = await TestEngine.withDaemon('busybox');
  const call = callsTo(engine);
  const chance = new Chance(seed);
  const found = new Findings(tell);
  const figures: Record<string, number> = {};
  try {
    await call('run', '-d', '--name', HOST, 'busybox', 'ping', '127.0.0.1');
    using heap = await DaemonHeap.of(engine.daemonPid);
    for (const [name, args] of Object.entries(CALLS)) {
      if (only.length > 0 && !only.includes(name)) continue;
      await abort(engine, args, chance, Math.min(WARM_UP, count));
      await atRest(call);
      const usage = await usageAtRest(engine.daemonPid);
      const before = { heap: await heap.used(), rss: rssOf(engine.daemonPid) };
      await abort(engine, args, chance, count);
      await atRest(call);
      found.add(await growthSince(usage, engine.daemonPid), `${count} aborted calls of ${name}`);
      const more = { heap: (await heap.used()) - before.heap, rss: rssOf(engine.daemonPid) - before.rss };
      for (const [what, bytes] of Object.entries(more)) {
        figures[`${name}-${what}-kB`] = Math.round(bytes / 1024);
        if (bytes > MOST_GROWTH)
          found.add([`${what} is larger by ${Math.round(bytes / MEGABYTE)} MB`], `${count} aborted calls of ${name}`);
      }
      tell(`${name} ${JSON.stringify(more)}`);
    }
    found.add(await invariantsAtRest(engine, call));
    return { faults: found.lines, figures };
  } finally {
    await takeDown(engine);
  }
};

async function abort(engine: TestEngine, args: readonly string[], chance: Chance, count: number): Promise<void> {
  const { line } = await describeCall(args, { env: engine.env, cwd: '/' });
  for (let at = 0; at < count; at += SIDE_BY_SIDE) {
    const batch = Array.from({ length: Math.min(SIDE_BY_SIDE, count - at) }, () => chance.between(0, MOST_PATIENCE_MS));
    await Promise.all(batch.map((patience) => leave(engine.socket, line, patience)));
  }
}

async function leave(socket: string, line: string, patience: number): Promise<void> {
  const connection = createConnection(socket);
  connection.on('error', () => {}).resume();
  connection.write(line);
  await sleep(patience);
  connection.destroy();
}

/** Containers that were begun have ended, and are removed: what clients have left behind them runs to its end first. */
async function atRest(call: Call): Promise<void> {
  let looks = 0;
  for (let attempt = 0; attempt < 1200; attempt++) {
    const { code, stdout } = await call('ps', '-a', '--format', '{{.Names}}');
    looks = code === 0 && stdout.trim() === HOST ? looks + 1 : 0;
    // Calls that wait for their turn have no container yet.
    if (looks === LOOKS_AT_REST) return;
    await sleep(250);
  }
  throw new Error('containers whose clients have left do not end');
}

function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
