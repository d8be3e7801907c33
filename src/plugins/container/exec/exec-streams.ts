import { openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecRequest, OutputStream } from '../contracts/index.js';
import { makeFifo, openInput, openOutput, StdinPipe } from '../host/index.js';

interface ExecStreams {
  /** The program's descriptors 0, 1 and 2. */
  readonly container: readonly number[];
  readonly input: StdinPipe | undefined;
  readonly outputs: readonly { readonly stream: OutputStream; readonly fd: number }[];
}

/**
 * Opens named pipes and not sockets, since no program could open a socket as /dev/stdout. Their names are removed at
 * once, so that nothing of them stays.
 */
export function openExecStreams(folder: string, { openStdin, tty }: ExecRequest): ExecStreams {
  const pipe = <T>(name: string, open: (path: string) => T): T => {
    const path = join(folder, name);
    makeFifo(path);
    try {
      return open(path);
    } finally {
      rmSync(path);
    }
  };
  const input = openStdin ? pipe('in', (path) => openInput(path, false)) : undefined;
  const stdout = pipe('out', openOutput);
  const stderr = tty ? undefined : pipe('err', openOutput);
  return {
    container: [
      input?.container ?? openSync('/dev/null', 'r'),
      stdout.container,
      stderr?.container ?? openSync('/dev/null', 'w'),
    ],
    input: input && new StdinPipe(input.engine, true),
    outputs: [
      { stream: 'stdout', fd: stdout.engine },
      ...(stderr ? [{ stream: 'stderr' as const, fd: stderr.engine }] : []),
    ],
  };
}
