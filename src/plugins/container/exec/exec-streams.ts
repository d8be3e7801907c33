import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecRequest, OutputStream } from '../contracts/index.js';
import { makeFifo, openInput, openOutput, type PipeEnds, StdinPipe } from '../host/index.js';

interface ExecStreams {
  /** The program's descriptors 0, 1 and 2. What is ignored is the /dev/null of the namespace that the runtime starts in. */
  readonly container: readonly (number | 'ignore')[];
  readonly input: StdinPipe | undefined;
  readonly outputs: readonly { readonly stream: OutputStream; readonly fd: number }[];
  /** Closes the engine's ends, before any of them is read. */
  close(): void;
}

/**
 * Opens named pipes and not sockets, since no program could open a socket as /dev/stdout. Their names are removed at
 * once, so that nothing of them stays.
 * @param ends receives the program's ends, which are the monitor's once that has started
 */
export function openExecStreams(folder: string, { openStdin, tty }: ExecRequest, ends: DisposableStack): ExecStreams {
  using opened = new DisposableStack();
  const pipe = (name: string, open: (path: string) => PipeEnds): PipeEnds => {
    const path = join(folder, name);
    makeFifo(path);
    try {
      const { container, engine } = open(path);
      return { container: ends.use(container), engine: opened.use(engine) };
    } finally {
      rmSync(path);
    }
  };
  const input = openStdin ? pipe('in', (path) => openInput(path, false)) : undefined;
  const stdout = pipe('out', openOutput);
  const stderr = tty ? undefined : pipe('err', openOutput);
  const kept = opened.move();
  return {
    container: [input?.container.fd ?? 'ignore', stdout.container.fd, stderr?.container.fd ?? 'ignore'],
    input: input && new StdinPipe(input.engine.fd, true),
    outputs: [
      { stream: 'stdout', fd: stdout.engine.fd },
      ...(stderr ? [{ stream: 'stderr' as const, fd: stderr.engine.fd }] : []),
    ],
    close: () => kept.dispose(),
  };
}
