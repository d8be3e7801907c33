/**
 * The signals that are passed on to the far end of a call. Not those of job control, which are the shell's; nor
 * SIGWINCH, SIGCHLD and SIGPIPE, which tell of this process itself.
 */
const FORWARDED: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGURG',
  'SIGIO',
  'SIGPWR',
];

/** Listens to these signals. Returns a function that restores their default. */
export function catchSignals(listener: (name: NodeJS.Signals) => void): () => void {
  for (const name of FORWARDED) process.on(name, listener);
  return () => {
    for (const name of FORWARDED) process.off(name, listener);
  };
}

/** The exit code that a shell gives a process which a signal ended. */
export function signalExitCode(name: NodeJS.Signals): number {
  return 128 + process.getBuiltinModule('node:os').constants.signals[name];
}
