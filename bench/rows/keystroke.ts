import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from 'node-pty';
import { median } from '../measure.js';
import { engines, type Row } from './row.js';

const KEYS = 200;
const PAUSE_MS = 5;

/** From a key to its echo, beyond what a terminal takes that has no engine behind it. */
export const keystroke: Row = {
  id: 'keystroke',
  title: 'a key to its echo through run -it, over a bare terminal',
  unit: 's',
  peers: engines,
  runs: [2, 1],
  goals: [{ subject: 'gantry', most: 0.003 }],
  async measure(peer) {
    const through = await echoTime(peer.argv(['run', '--rm', '-it', 'busybox', 'cat']), peer.env);
    return Math.max(0, through - (await echoTime(['cat'], process.env)));
  },
};

/** Seconds, the median of many keys. */
async function echoTime([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const terminal = spawn(program, args, { cols: 80, rows: 24, env });
  const ended = new Promise<void>((resolve) => terminal.onExit(() => resolve()));
  let shown = (): void => {};
  terminal.onData(() => shown());
  const type = async (text: string): Promise<number> => {
    const echo = new Promise<void>((resolve) => {
      shown = resolve;
    });
    const begin = process.hrtime.bigint();
    terminal.write(text);
    await echo;
    return Number(process.hrtime.bigint() - begin) / 1e9;
  };
  // The first echo tells that all is in its place; a terminal of the client's own may still give one before.
  await type('\r');
  await sleep(1000);
  const times: number[] = [];
  for (let key = 0; key < KEYS; key++) {
    times.push(await type('x'));
    await sleep(PAUSE_MS);
  }
  terminal.write('\r\x04');
  await ended;
  return median(times);
}
