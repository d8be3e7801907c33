import type { Readable, Writable } from 'node:stream';
import type { ErrorKind } from './errors.js';

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

/** A user's credentials at a server. */
export interface Login {
  readonly username: string;
  readonly password: string;
  /** Stands in for the password where the server gave one. */
  readonly identityToken?: string;
}

/**
 * Logins that are kept on the client's side, in its user's configuration or a helper of it. A client reveals and changes
 * those that its own command line is about, and no other.
 */
export interface Logins {
  /** @param server its key there: `registry.example:5000`. @throws GantryError `denied`, `unavailable`, `invalid` */
  get(server: string): Promise<Login | undefined>;
  /** @returns the file that now holds it in the clear; undefined where a helper keeps it. @throws GantryError as `get` */
  set(server: string, login: Login): Promise<string | undefined>;
  /** @returns whether there was one. @throws GantryError as `get` */
  erase(server: string): Promise<boolean>;
}

/** Files and folders on the client's side. A client grants access to those that its own argv names, and to no other. */
export interface ClientTrees {
  /** The kind of file at a path, links followed: everything but a directory is a file. @throws GantryError `denied` */
  look(path: string): Promise<'file' | 'directory' | undefined>;
  /**
   * A tar archive of a file, or of a folder and all in it, whose names begin with `as`; with `.` of what is in the folder.
   * @param owners whether files keep their owners; else they are root's
   * @throws GantryError `not found`, `denied`
   */
  read(path: string, options: TreeReading): Promise<Readable>;
  /**
   * From here on stdout is a tar archive, which the client unpacks at the path, that of a folder.
   * @throws GantryError `not found`, `denied`, `invalid` for what is no folder
   */
  write(path: string, options: TreeWriting): Promise<void>;
  /** Makes a small file. @throws GantryError `conflict` where there is one, `not found`, `denied` */
  create(path: string, text: string): Promise<void>;
}

export interface TreeReading {
  readonly as: string;
  readonly followLink: boolean;
  readonly owners: boolean;
}

export interface TreeWriting {
  /** Unpack beside what the path names, in the folder that it lies in. */
  readonly beside: boolean;
  /** Whether files get the owners and the set-uid bits that the archive tells; else they are of whoever calls. */
  readonly owners: boolean;
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
  /** The client's working directory, absolute; `/` where it told none. */
  readonly cwd: string;
  /** Aborts when the client has gone, or the daemon is stopping. */
  readonly gone: AbortSignal;
  /** A signal that the client's process received. Without a listener, a signal makes the client go (`gone` aborts). */
  onSignal(listener: (name: NodeJS.Signals) => void): void;
  /**
   * Opens a file on the client's side for reading. A client serves only files whose names stand in its own argv.
   * @throws GantryError `not found`, `denied`, `invalid` (a folder)
   */
  openFile(path: string): Promise<Readable>;
  /**
   * From here on stdout goes into a file on the client's side. It is there when the call has ended well, and only then; what
   * had its name is replaced. A client writes only files whose names stand in its own argv. Absent where a client writes
   * none: v1 and http.
   * @throws GantryError `not found` (its folder), `denied`, `invalid` (a folder)
   */
  saveTo?(path: string): Promise<void>;
  /** Absent where the client keeps none: v1 and http know nothing of them. */
  readonly logins?: Logins;
  /** Absent where the client grants access to none: v1 and http. */
  readonly trees?: ClientTrees;
}

/** A failure in the form that crosses the wire. */
export interface Failure {
  readonly kind: ErrorKind | 'internal';
  readonly message: string;
  readonly hint?: string;
}

/** How a call ended. */
export interface Outcome {
  /** 0 to 255. */
  readonly exitCode: number;
  readonly failure?: Failure;
}

/** Runs a command line for a client. Never rejects: failures are outcomes. */
export type CallHandler = (argv: readonly string[], client: Client) => Promise<Outcome>;
