import { isKind } from '../../../kernel/index.js';
import type { Runtime } from '../contracts/index.js';
import { signalNumber } from '../parsers/index.js';

const SIGKILL = 9;

/** Sends a signal. Resolves when it is sent; for SIGKILL, when the run has ended. */
export async function killAndWait(
  runtime: Pick<Runtime, 'get' | 'kill' | 'wait'>,
  reference: string,
  signal: NodeJS.Signals | number,
  gone?: AbortSignal,
): Promise<void> {
  const { id } = runtime.get(reference);
  await runtime.kill(reference, signal);
  if (signalNumber(signal) !== SIGKILL) return;
  try {
    await runtime.wait(id, gone);
  } catch (error) {
    // With `--rm` it may be gone by now.
    if (!isKind(error, 'not found')) throw error;
  }
}
