import type { Readable } from 'node:stream';
import { type PluginDefinition, token } from '../contracts/index.js';

/**
 * `ok`: its newest version is there. `degraded`: it works, and something is wrong: the file's newest content is refused,
 * its process died lately, or a service that it asks for is missing. `failed`: nothing of it works. `tripped`: it died
 * too often, and is in back-off. `pending`: it wants rights that the operator has not approved. `loading`: it is being read just now. `built-in`: a part of the engine.
 */
export type PluginState = 'ok' | 'loading' | 'degraded' | 'failed' | 'tripped' | 'pending' | 'disabled' | 'built-in';

export interface PluginInfo {
  /** Its file's name where the plugin could not tell its own. */
  readonly id: string;
  readonly state: PluginState;
  /** The file or folder; empty for what is built in. */
  readonly source: string;
  readonly summary: string;
  /** The problem, with file and line; empty where there is none. */
  readonly reason: string;
  /** Where in the plugin's code that happened; may be empty. */
  readonly stack: string;
  /** Its contributions, a line each: `command ttl`, `flag --ttl of run`. */
  readonly brings: readonly string[];
  /** The rights that it wants, and those that the operator has approved. */
  readonly wanted: readonly string[];
  readonly approved: readonly string[];
  /** The last lines that it wrote to its stdout and stderr. */
  readonly output: string;
}

/** Third-party plugins: what there is, and what the operator decides of them. */
export interface PluginHost {
  /** By id. A folder that cannot be used is listed as a failed plugin. */
  list(): Promise<readonly PluginInfo[]>;
  /** Built-in plugins, in the same form. */
  builtIn(): Promise<readonly PluginInfo[]>;
  /** @throws GantryError `not found` */
  get(id: string): Promise<PluginInfo>;
  /**
   * Puts a plugin's file into the first folder, unless it does not load. @param name of the file
   * @returns its id. @throws GantryError `conflict` where the file is there, unless `replace`; `invalid` with file and line
   */
  add(name: string, content: Readable, options: { readonly replace: boolean }): Promise<PluginInfo>;
  /** Takes it out of its folder. @throws GantryError `not found` */
  remove(id: string): Promise<void>;
  enable(id: string): Promise<void>;
  disable(id: string): Promise<void>;
  /** Lets it do what it wants to. @param replaces commands that it may take the place of, each named by the operator */
  approve(id: string, replaces: readonly string[]): Promise<PluginInfo>;
  /** TypeScript declarations of all that a plugin may import from `gantry`. */
  types(): Promise<string>;
}
export const PluginHost = token<PluginHost>('PluginHost');

/** Like `PluginHost`, as the process that loads the plugins provides it. Commands ask for `PluginHost`, which can be run dry. */
export const LoadedPlugins = token<PluginHost>('LoadedPlugins');

/** The contributions of a built-in plugin in words. */
export function bringsOfDefinition({ commands = {}, provides = [] }: PluginDefinition): string[] {
  const names = Object.keys(commands).map((key) => `command ${key.split('|')[0]}`);
  return [...names, ...provides.map(({ token: { label } }) => `service ${label}`)];
}
