import type { Readable, Writable } from 'node:stream';
import type { ClientTrees } from './client-trees.js';
import type { Logins } from './logins.js';

export interface TerminalSize {
  /** In character cells, at least 1. */
  readonly columns: number;
  readonly rows: number;
}

/** Which of the client's standard streams are terminals, and how large the terminal is. */
export interface ClientTerminal {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** The size now; undefined where no stream is a terminal. */
  readonly size: TerminalSize | undefined;
  /** The keys that its user has chosen for detaching: `ctrl-p,ctrl-q`. */
  readonly detachKeys?: string | undefined;
  onResize(listener: (size: TerminalSize) => void): void;
  /** Asks the client to put its terminal into raw mode or back. It leaves raw mode by itself when the call ends. */
  setRaw(raw: boolean): void;
}

/** The far end of a call, whatever carries it: a socket, an http request, or this very process. */
export interface Client {
  /** Ends when the client's input does. Nothing is taken from the client before it is read. */
  readonly stdin: Readable;
  /** Data. A slow reader pushes back: pipe into it, or await `write()`. */
  readonly stdout: Writable;
  /** Progress, prompts, warnings. */
  readonly stderr: Writable;
  readonly terminal: ClientTerminal;
  /** The variables of its environment that the client sends, by an allow-list of its own: NO_COLOR, COLUMNS, TERM. */
  readonly env: Readonly<Record<string, string>>;
  /** Version and build of the client's program; absent where it tells none: v1 and http. */
  readonly program?: string | undefined;
  /**
   * The protocol, where it is not Gantry's own. `v1` is rcli of 2013: its client sends neither terminal nor files, and its scripts
   * expect some answers as they were then.
   */
  readonly protocol?: 'v1' | 'http' | undefined;
  /** The client's working directory, absolute; `/` where it told none. */
  readonly cwd: string;
  /** Aborts when the client has gone, or the daemon is stopping. */
  readonly gone: AbortSignal;
  /** A signal that the client's process received. Without a listener, a signal makes the client go (`gone` aborts). */
  onSignal(listener: (name: NodeJS.Signals) => void): void;
  /**
   * Opens a file on the client's side for reading. A client serves only what its own argv names as a file to read. For a plugin's
   * command that is each word which the plugin does not declare to be something else, if the client runs on the engine's host.
   * @throws GantryError `not found`, `denied`, `invalid` (a folder)
   */
  openFile(path: string): Promise<Readable>;
  /**
   * From here on stdout goes into a file on the client's side. It is there when the call has ended well, and only then; what
   * had its name is replaced. A client writes only what its own argv names as a file to write. Absent where a client writes
   * none: v1 and http.
   * @throws GantryError `not found` (its folder), `denied`, `invalid` (a folder)
   */
  saveTo?(path: string): Promise<void>;
  /** Those of v1 and http are kept by the daemon. Absent where there are none. */
  readonly logins?: Logins;
  /** Absent where the client grants access to none: v1 and http. */
  readonly trees?: ClientTrees;
}
