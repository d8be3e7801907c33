import { resolve } from 'node:path';
import { type Client, type CommandContext, GantryError, NeedsDaemon } from '../contracts/index.js';

const noFiles = (path: string): GantryError =>
  new GantryError('denied', `Cannot write ${path}: this client writes no files`, {
    hint: 'redirect its output instead',
  });

/** The context that a command gets of its call. */
export function contextFor(client: Client, args: readonly string[], daemon: boolean): CommandContext {
  return {
    args,
    get stdin() {
      return client.stdin;
    },
    stdout: client.stdout,
    stderr: client.stderr,
    terminal: client.terminal,
    env: client.env,
    program: client.program,
    protocol: client.protocol,
    cwd: client.cwd,
    gone: client.gone,
    onSignal: (listener) => client.onSignal(listener),
    openFile: (path) => client.openFile(path),
    saveTo: (path) => client.saveTo?.(path) ?? Promise.reject(noFiles(path)),
    ...(client.logins && { logins: client.logins }),
    ...(client.trees && { trees: client.trees }),
    resolvePath: (path) => resolve(client.cwd, path),
    needsDaemon: () => {
      if (!daemon) throw new NeedsDaemon('what this command starts outlives it, and only a daemon can look after that');
    },
  };
}
