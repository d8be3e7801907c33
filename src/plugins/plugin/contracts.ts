import type { Writable } from 'node:stream';
import { token } from '../../kernel/index.js';

/** Tools for authors of plugins, which run in the client's process and with the client's rights. */
export interface PluginWorkbench {
  /**
   * Writes a plugin and a test of it, and the files that an editor needs for types, where they are missing.
   * @returns the names of the files that it wrote.
   * @throws GantryError `invalid` for the id; `conflict` where a file exists
   */
  scaffold(folder: string, id: string): Promise<readonly string[]>;
  /**
   * Runs tests of plugins. @param files absolute; none: all of the folder
   * @returns 1 where one fails. @throws GantryError `not found`
   */
  test(folder: string, files: readonly string[], output: TestOutput): Promise<number>;
}
export const PluginWorkbench = token<PluginWorkbench>('PluginWorkbench');

export interface TestOutput {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly color: boolean;
  /** Ends the tests. */
  readonly gone: AbortSignal;
}
