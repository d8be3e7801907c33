import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf, quantile, secondsOf } from '../measure.js';
import { IDLE_PLUGINS, pluginPlaces } from '../peers/gantry-plugins.js';
import type { Peer } from '../peers/peer.js';
import { type Row, timed } from './row.js';

const MB = 1e6;
const FOUND_OUT_MS = 15_000;
const CALLS_UNDER_ATTACK = 40;
const PATIENCE_S = 10;

export const help: Row = timed(
  {
    id: 'help',
    title: 'help',
    peers: ['gantry', 'gantry-plugins', 'docker', 'podman', 'node'],
    runs: [30, 11],
    goals: [{ subject: 'gantry-plugins', of: 'gantry', most: 1.05 }],
  },
  ['help'],
);

export const complete: Row = timed(
  {
    id: 'complete',
    title: `completion of a flag of plugin ${IDLE_PLUGINS}`,
    peers: ['gantry-plugins', 'node'],
    runs: [30, 11],
    goals: [{ subject: 'gantry-plugins', most: 0.06 }],
  },
  ['__complete', `idle${IDLE_PLUGINS}`, '--t'],
);

/** From the end of a write to the first answer of the new code, the polling client's own start included. */
export function save(scratch: string): Row {
  return {
    id: 'plugin-save',
    title: 'file saved to command answering',
    unit: 's',
    peers: ['gantry-plugins'],
    runs: [20, 7],
    goals: [{ subject: 'gantry-plugins', most: 0.5 }],
    measure: (peer) => swap(peer, scratch),
  };
}

export function swaps(scratch: string, quick: boolean): Row {
  const count = quick ? 20 : 60;
  return {
    id: 'plugin-swaps',
    title: `growth of the daemon by ${count} hot swaps`,
    unit: 'MB',
    peers: ['gantry-plugins'],
    runs: [1, 1],
    goals: [{ subject: 'gantry-plugins', most: count / 10 }],
    measure(peer) {
      for (let warmUp = 0; warmUp < 20; warmUp++) swap(peer, scratch);
      const before = residentBytes(scratch);
      for (let swapped = 0; swapped < count; swapped++) swap(peer, scratch);
      return Math.max(0, residentBytes(scratch) - before) / MB;
    },
  };
}

/** `ps` while plugins loop, eat memory and throw, all the time; for the other peer nothing of that happens. */
export function attack(scratch: string): Row {
  const { plugins } = pluginPlaces(scratch);
  return {
    id: 'plugin-attack',
    title: 'ps, 95th percentile, while a plugin loops, one eats memory and one throws',
    unit: 's',
    peers: ['gantry', 'gantry-plugins'],
    runs: [3, 1],
    goals: [{ subject: 'gantry-plugins', of: 'gantry', most: 2 }],
    measure(peer) {
      const calls: number[] = [];
      for (let call = 0; call < CALLS_UNDER_ATTACK; call++) {
        if (peer.name === 'gantry-plugins' && call % 20 === 0) {
          for (const [name, code] of Object.entries(WILD)) writeFileSync(join(plugins, `${name}.ts`), code(call));
        }
        calls.push(secondsOf(peer, ['ps']));
      }
      if (peer.name === 'gantry-plugins') {
        for (const name of Object.keys(WILD)) {
          demandNamed(peer, name);
          rmSync(join(plugins, `${name}.ts`));
        }
      }
      return quantile(calls, 0.95);
    },
  };
}

/** One that was saved just now has a few seconds until it is found out. */
function demandNamed(peer: Peer, name: string): void {
  const named = new RegExp(`^${name} +(FAILED|TRIPPED)`, 'm');
  for (const deadline = performance.now() + FOUND_OUT_MS; !named.test(outputOf(peer, ['plugin', 'ls'])); ) {
    if (performance.now() > deadline) throw new Error(`${name} is not named`);
  }
}

/** Each time another content, so that each is run anew. */
const WILD: Readonly<Record<string, (round: number) => string>> = {
  loops: (round) => `for (let i = ${round}; ; i++);`,
  eats: (round) =>
    `const all = [${round}]; for (;;) all.push(...new Array(10000).fill({}).map(() => ({})) as never[]);`,
  throws: (round) => `throw new Error('round ${round}');`,
};

let version = 0;

/** Saves a plugin's file with another answer, and gives the seconds until that answer is given. */
function swap(peer: Peer, scratch: string): number {
  const answer = `answer ${++version}`;
  writeFileSync(
    join(pluginPlaces(scratch).plugins, 'swapped.ts'),
    `import { Command, type CommandContext, plugin } from 'gantry';
@Command({ name: 'swapped', summary: 'Answer' })
class Swapped {
  run({ stdout }: CommandContext): void {
    stdout.write('${answer}\\n');
  }
}
export default plugin({ id: 'swapped', api: 1, commands: [Swapped] });
`,
  );
  const begin = process.hrtime.bigint();
  const elapsed = (): number => Number(process.hrtime.bigint() - begin) / 1e9;
  while (elapsed() < PATIENCE_S) if (answerOf(peer) === answer) return elapsed();
  throw new Error(`'${answer}' did not come in ${PATIENCE_S} s`);
}

/** Before the first version is there, the command is unknown. */
function answerOf(peer: Peer): string {
  try {
    return outputOf(peer, ['swapped']);
  } catch {
    return '';
  }
}

function residentBytes(scratch: string): number {
  const pid = readFileSync(pluginPlaces(scratch).pidFile, 'utf8').trim();
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}
