import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Rig } from './rig.js';

/** A rig's module is loaded when it is chosen. */
const RIGS: Readonly<Record<string, () => Promise<Rig>>> = {
  kills: async () => (await import('./kills/kills.js')).kills,
  aborts: async () => (await import('./aborts/aborts.js')).aborts,
  faults: async () => (await import('./faults/faults.js')).faults,
  pairs: async () => (await import('./pairs/pairs.js')).pairs,
  reboots: async () => (await import('./reboots/reboots.js')).reboots,
};

/** `npm run torture -- --rig NAME [--seed N] [--count N] [--only WORDS] [--clients N] [--minutes N]` */
const { values } = parseArgs({
  options: {
    rig: { type: 'string', default: 'kills' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    count: { type: 'string' },
    only: { type: 'string', default: '' },
    clients: { type: 'string', default: '4' },
    minutes: { type: 'string', default: '60' },
  },
});

async function main(): Promise<number> {
  const load = RIGS[values.rig];
  if (!load) throw new Error(`no rig ${values.rig}: there are ${Object.keys(RIGS).join(', ')}`);
  const rig = await load();
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const seed = Number(values.seed);
  tell(`rig ${values.rig}, seed ${seed}`);
  const { faults, figures } = await rig({
    ...{ seed, tell },
    count: values.count === undefined ? undefined : Number(values.count),
    only: values.only.split(',').filter(Boolean),
    clients: Number(values.clients),
    minutes: Number(values.minutes),
  });
  process.stdout.write(`${JSON.stringify({ rig: values.rig, seed, ...figures, faults: faults.length })}\n`);
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  return faults.length === 0 ? 0 : 1;
}

/**
 * In namespaces of its own, a rig sees no process but its own and its engine's, an engine that takes a pid for another's
 * can hit nobody else's, and nothing outlives the rig. The shell reaps orphans.
 */
function inNamespaces(): number {
  const shell = ['sh', '-c', 'ip link set lo up; "$@"; exit $?', 'rig'];
  const node = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync(
    'unshare',
    ['--pid', '--net', '--fork', '--mount-proc', '--kill-child', ...shell, ...node],
    {
      env: { ...process.env, RIG_NAMESPACES: 'yes' },
      stdio: 'inherit',
    },
  );
  return status ?? 1;
}

process.exit(process.env['RIG_NAMESPACES'] === 'yes' ? await main() : inNamespaces());
