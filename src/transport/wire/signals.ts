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

/** Takes these signals over. Returns what gives them back to their default. */
export function catchSignals(listener: (name: NodeJS.Signals) => void): () => void {
  for (const name of FORWARDED) process.on(name, listener);
  return () => {
    for (const name of FORWARDED) process.off(name, listener);
  };
}

/** What a shell makes of a process that a signal ended. */
export function signalExitCode(name: NodeJS.Signals): number {
  return 128 + process.getBuiltinModule('node:os').constants.signals[name];
}
