import type { ConsoleOptions } from './console-socket.js';
import type { ContainerTerminal } from './terminal.js';

/**
 * Runs an OCI runtime that makes a terminal.
 * @param how `console`: it sends the terminal over a console socket. `pass`: it has a terminal of ours, and copies
 * bytes between the two, since runc supports a console socket only when it does not wait for the program.
 */
export async function openTerminal(
  how: string,
  command: readonly string[],
  options: ConsoleOptions,
): Promise<ContainerTerminal> {
  const [program = '', ...args] = command;
  if (how === 'console') return (await import('./console-socket.js')).openConsole(program, args, options);
  const [{ spawn }, { resizeTerminal }] = await Promise.all([import('node-pty'), import('./resize-terminal.js')]);
  const terminal = spawn(program, args, { cols: options.columns, rows: options.rows, encoding: null });
  return {
    onData: (listener) => void terminal.onData((data) => listener(data as unknown as Buffer)),
    onExit: (listener) => void terminal.onExit(({ exitCode, signal }) => listener({ exitCode, signal })),
    write: async (bytes) => terminal.write(bytes),
    resize: (columns, rows) => resizeTerminal(terminal, columns, rows, options.runtime),
    kill: () => terminal.kill('SIGKILL'),
  };
}
