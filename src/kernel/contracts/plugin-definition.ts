import type { Check } from './check.js';
import type { CommandClass, Effect } from './command.js';
import type { ExtensionDefinition } from './extension.js';
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
  /**
   * The effects of its methods. A service without them cannot be used in a dry run.
   * @param dryRun identifies the dry run: plans of one dry run may know of each other, those of two may not
   */
  readonly effects?: (dryRun?: object) => Promise<Effects<T>>;
  /**
   * Third-party plugins may ask for it too, by the token's label: then every method in `effects` accepts and returns plain
   * data (what `structuredClone` takes), by promise.
   */
  readonly open?: boolean;
  /** For an open service: the same contract in memory, which `docker plugin test` uses. */
  readonly double?: () => Promise<ServiceClass<T>>;
}

/** The effects of a service's methods, by name. A method that is missing here can be called by the engine alone. */
export type Effects<T> = {
  readonly [M in keyof T as T[M] extends (...args: never[]) => unknown ? M : never]?: MethodEffect<T, T[M]>;
};

/** `read` is done in a dry run, too. The other effects are planned instead. */
export type MethodEffect<T, F> = 'read' | PlannedMethod<T, F>;

export interface PlannedMethod<T, F> {
  /** `read` for a method that has to see what the dry run has planned so far. */
  readonly effect: Effect;
  /**
   * Plans the call without doing it. Throws what the method would refuse with. Asynchronous where the
   * method is.
   */
  plan(service: T, ...args: F extends (...args: infer A) => unknown ? A : never): Plan<F>;
}

type Plan<F> = F extends (...args: never[]) => Promise<infer R> ? Promise<Planned<R>> : Planned<ResultOf<F>>;
type ResultOf<F> = F extends (...args: never[]) => infer R ? R : never;

export interface Planned<R = unknown> {
  /** `remove container web`, in the imperative; nothing where it would change nothing. */
  readonly says?: string;
  /** Stands in for what it would give. Left out where it cannot be made up: the dry run ends where the command looks at it. */
  readonly result?: R;
}

export function provide<T>(
  token: Token<T>,
  load: () => Promise<ServiceClass<T>>,
  detail: Omit<Provider<T>, 'token' | 'load'> = {},
): Provider<T> {
  return { token, load, ...detail };
}

/** Names of one kind of thing, for completion. */
export interface Values {
  /**
   * All of them, or those that begin with what is `typed`: the rest is left out anyway. One that ends in `:` or `=` is
   * continued by the user, without a space. Whatever it throws is taken for no names.
   */
  values(typed: string): Promise<readonly string[]>;
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
  /** Names of the events that it writes, with their type: `container die`. */
  readonly events?: readonly string[];
  /** Tables of its commands that third-party plugins may add to, with the headers and filters that they have already. */
  readonly tables?: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly filters: readonly string[] }>
  >;
  /** Extensions of commands of other plugins. */
  readonly extensions?: readonly ExtensionDefinition[];
  /** Names of commands of others that its own take the place of. */
  readonly replaces?: readonly string[];
  /** By the kind of thing that `Completion` names: who knows what there is. */
  readonly values?: Readonly<Record<string, () => Promise<ServiceClass<Values>>>>;
  /** By what is looked at, `containers`: what `system check` asks of the plugin. */
  readonly checks?: Readonly<Record<string, () => Promise<ServiceClass<Check>>>>;
  /** The summary of the first word of two-word names in help; `Manage <word>s` by default. */
  readonly groups?: Readonly<Record<string, string>>;
}

export function definePlugin<const P extends PluginDefinition>(plugin: P): P {
  return plugin;
}
