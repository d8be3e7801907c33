import { Worker } from 'node:worker_threads';

/** How long an input may keep the thread, in milliseconds. */
const PATIENCE_MS = 30_000;

const PROGRAM = `
const { workerData: { counter, name, seed } } = require('node:worker_threads');
const count = new Int32Array(counter);
let last = -1;
setInterval(() => {
  const now = Atomics.load(count, 0);
  if (now === last) {
    const again = 'npm run fuzz -- --target ' + name + ' --seed ' + seed + ' --path ' + (now - 1);
    require('node:fs').writeSync(2, name + ': an input does not come to an end\\nAgain: ' + again + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }
  last = now;
}, ${PATIENCE_MS});
`;

/** Ends the process, naming the input, where one of a target keeps its thread for too long. @returns what counts an input, and its end */
export function watchdog(name: string, seed: number): { input(number: number): void; stop(): void } {
  const counter = new SharedArrayBuffer(4);
  const count = new Int32Array(counter);
  const worker = new Worker(PROGRAM, { eval: true, workerData: { counter, name, seed } });
  return {
    input: (number) => void Atomics.store(count, 0, number + 1),
    stop: () => void worker.terminate(),
  };
}
