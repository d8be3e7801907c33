import type { ExtendedCall, TerminalSize } from '../../contracts/index.js';

/** Which call of the engine a service is used for; 0: none in particular, with the rights that all under way share. */
export type Scope = number;

/** The calls between the engine and a plugin's process, by method. The comment says what they return. */

/** `load`: the `Manifest`. Once, before anything else. */
export interface LoadParams {
  /** An ES module, compiled, with its source map. */
  readonly code: string;
  /** The plugin's file, as stacks are to name it. */
  readonly url: string;
  /** The methods of the engine's open services, by label. */
  readonly open: Readonly<Record<string, readonly string[]>>;
}

/** `run`: the exit code. */
export interface RunParams {
  readonly scope: Scope;
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly client: GuestClient;
  readonly streams: { readonly stdin: number; readonly stdout: number; readonly stderr: number };
}

interface GuestClient {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly terminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
    readonly size: TerminalSize | undefined;
  };
}

/** `around`: the exit code. */
export interface AroundParams {
  readonly scope: Scope;
  readonly extension: string;
  readonly own: Readonly<Record<string, unknown>>;
  readonly call: ExtendedCall;
}

/** `handle`: the result of the handler's method. Events, cells, filters. */
export interface HandleParams {
  readonly scope: Scope;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** `offered`: the result of the method of the plugin's own service. */
export interface OfferedParams {
  readonly scope: Scope;
  readonly label: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** `listen`: nothing, once it listens. */
export interface ListenParams {
  readonly scheme: string;
  readonly address: string;
}

/** `signal`, `resize`: nothing. About a `run` that is under way. */
export interface SignalParams {
  readonly scope: Scope;
  readonly name: NodeJS.Signals;
}
export interface ResizeParams {
  readonly scope: Scope;
  readonly size: TerminalSize;
}

/** Plugin to engine. `service`: the result of the method. */
export interface ServiceParams {
  readonly scope: Scope;
  readonly label: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** `next`: the exit code of the rest of the call. */
export interface NextParams {
  readonly scope: Scope;
  readonly changes: Readonly<Record<string, unknown>>;
}

/** `raw`: nothing. */
export interface RawParams {
  readonly scope: Scope;
  readonly raw: boolean;
}

/** `open`: the number of a stream with the content of a file of the client's. */
export interface OpenParams {
  readonly scope: Scope;
  readonly path: string;
}

/** `accepted`: the streams of a connection that a transport's listener took. */
export interface AcceptedStreams {
  /** Bytes from the peer of the connection. */
  readonly incoming: number;
  /** Bytes to the peer. */
  readonly outgoing: number;
}
