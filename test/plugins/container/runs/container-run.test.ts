import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import type { CommandContext } from '../../../../src/kernel/index.js';
import type { ExitStatus } from '../../../../src/plugins/container/contracts/index.js';
import type { Bundle } from '../../../../src/plugins/container/host/index.js';
import type { OutputPump } from '../../../../src/plugins/container/logs/index.js';
import { streamUntilExit } from '../../../../src/plugins/container/operations/run-attached.js';
import { ContainerRun } from '../../../../src/plugins/container/runs/container-run.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const END: ExitStatus = { exitCode: 3, error: '' };

/** A run whose output somebody else writes. */
function newRun(): ContainerRun {
  const follow = () => {
    const { promise: done, resolve: stop } = Promise.withResolvers<void>();
    return { done, stop };
  };
  return new ContainerRun({} as Bundle, { follow } as unknown as OutputPump, undefined, false);
}

/** Bytes of the heap that calls leave behind, each. */
async function leftBy(calls: number, call: () => Promise<void>): Promise<number> {
  for (let number = 0; number < calls; number++) await call();
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let number = 0; number < calls; number++) await call();
  collectGarbage();
  return (process.memoryUsage().heapUsed - before) / calls;
}

test('those who wait are told the end, and those who have gone are not', async (t) => {
  const run = newRun();
  const gone = new AbortController();
  const waits = [run.waitForEnd(), run.waitForEnd(gone.signal)];
  gone.abort();
  run.end(END);
  t.deepEqual(await Promise.all(waits), [END, undefined]);
  t.is(await run.waitForEnd(), END);
});

test('nothing of a client that has gone stays with a run', async (t) => {
  const run = newRun();
  const left = await leftBy(2000, async () => {
    const gone = new AbortController();
    const context = {
      gone: gone.signal,
      terminal: { onResize: () => {} },
      stdin: (async function* () {})(),
    } as unknown as CommandContext;
    const answers = [
      streamUntilExit(
        run.attach(() => undefined),
        context,
        true,
      ).catch((reason: unknown) => t.is(reason, gone.signal.reason)),
      run.waitForEnd(gone.signal),
    ];
    gone.abort();
    await Promise.allSettled(answers);
  });
  // A closure that stays takes 64 at least.
  t.true(left < 50, `${left} bytes a call`);
  run.end(END);
});

test('a client that stays is told the exit code', async (t) => {
  const follower = Promise.withResolvers<void>();
  const output = { follow: () => ({ done: follower.promise, stop: () => {} }) } as unknown as OutputPump;
  const run = new ContainerRun({} as Bundle, output, undefined, false);
  const { ended } = run.attach(() => undefined);
  follower.resolve();
  run.end(END);
  t.is(await ended, END);
});
