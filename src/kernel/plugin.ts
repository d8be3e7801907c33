import type { CommandClass } from './command.js';
import type { Token } from './token.js';

/** A service: made once by its constructor's tokens. Constructors do not throw and do no work; `onStart` does. */
export interface Service {
  /** Called once, before the first use, after every service that the constructor asked for has started. */
  onStart?(): Promise<void>;
  /** Called once, in reverse order of start. Must be quick, and must not throw. */
  onStop?(): Promise<void>;
}

export type ServiceClass<T = unknown> = new (...services: never[]) => T;

export interface Provider<T = unknown> {
  readonly token: Token<T>;
  /** Imports the class when the service is first asked for. */
  readonly load: () => Promise<ServiceClass<T>>;
}

export function provide<T>(token: Token<T>, load: () => Promise<ServiceClass<T>>): Provider<T> {
  return { token, load };
}

/** A plugin: a plain object. Nothing of it is imported, made or started before a command needs it. */
export interface PluginDefinition {
  readonly id: string;
  /** The plugin interface that it was written for. */
  readonly api: 1;
  readonly provides?: readonly Provider[];
  /** Tokens of other plugins that its services and commands may ask for. */
  readonly requires?: readonly Token<unknown>[];
  /**
   * Commands by what the user types. `'ps|container ls'` gives one command several names, the first being its own.
   * A thunk, so that a call imports the one command that it runs.
   */
  readonly commands?: Readonly<Record<string, () => Promise<CommandClass>>>;
  /** What help says of the first word of two-word names; `Manage <word>s` unless told. */
  readonly groups?: Readonly<Record<string, string>>;
}

export function definePlugin<const P extends PluginDefinition>(plugin: P): P {
  return plugin;
}
