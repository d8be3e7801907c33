import { token } from '../../../kernel/index.js';

/** The engine's own log, one line for each entry: in the daemon's log file or, in a local call with `-D`, on stderr. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}
export const Log = token<Log>('Log');
