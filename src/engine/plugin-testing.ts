import type { Token } from '../kernel/contracts/index.js';
import type { Plugin, PluginEvent } from '../kernel/third-party/api/index.js';
import type { Answer, RanCommand } from '../kernel/third-party/testing/index.js';
import { type Containers, Containers as containersToken } from '../plugins/container/contracts/api.js';
import { type Images, Images as imagesToken } from '../plugins/image/contracts/api.js';

/** A plugin in an engine in memory: no daemon, no root, nothing is written. Rights are checked as in a real one. */
export interface Engine {
  /** Runs a command line. The engine's own commands are only recorded in `ran`. */
  docker(...words: string[]): Promise<Answer>;
  /** The engine's own commands that were called, in order. */
  readonly ran: readonly RanCommand[];
  /** Containers without programs. */
  readonly containers: Containers;
  /** Two images are there, without files: `busybox` and `debian`. */
  readonly images: Images;
  /** Gives an event, `container die`, to the plugin's handlers, and waits for them. What `detail` leaves out is made up. */
  event(action: string, detail?: Partial<PluginEvent>): Promise<void>;
  /**
   * Calls what the plugin puts around a command. @param options by property, its own flags among them
   * @returns the call that the command would have got. @throws GantryError `denied` for a veto
   */
  around(
    command: string,
    options?: Readonly<Record<string, unknown>>,
    args?: readonly string[],
  ): Promise<RanCommand & { readonly exitCode: number }>;
  /** The cells of one of its columns. */
  column(command: string, header: string, rows: readonly unknown[]): Promise<readonly string[]>;
  /** Which rows one of its filters keeps. */
  filter(command: string, name: string, value: string, rows: readonly unknown[]): Promise<readonly boolean[]>;
  /** A service that it offers, as others see it. */
  offered<T>(token: Token<T>): T;
}

/**
 * Loads a plugin for a test.
 * @param services of other plugins, by label, where the plugin asks for some: objects with the methods that it calls
 * @throws GantryError where a daemon would not load it, with the same words
 */
export async function engine(plugin: Plugin, services: Readonly<Record<string, object>> = {}): Promise<Engine> {
  const [{ TestedPlugin }, { builtinPlugins }] = await Promise.all([
    import('../kernel/third-party/testing/tested-plugin.js'),
    import('../plugins/index.js'),
  ]);
  const tested = await TestedPlugin.of(plugin, builtinPlugins, services);
  return {
    ran: tested.ran,
    docker: (...words) => tested.docker(words),
    containers: await tested.double(containersToken),
    images: await tested.double(imagesToken),
    event: (action, detail = {}) => tested.event(action, detail),
    around: (command, options = {}, args = []) => tested.around(command, options, args),
    column: (command, header, rows) => tested.column(command, header, rows),
    filter: (command, name, value, rows) => tested.filter(command, name, value, rows),
    offered: (token) => tested.offered(token),
  };
}
