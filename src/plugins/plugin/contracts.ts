import type { Writable } from 'node:stream';
import { token } from '../../kernel/index.js';

/** What the author of a plugin does in a folder of their own, in the client's process and with the client's rights. */
export interface PluginWorkbench {
  /**
   * Writes a plugin, a test of it, and what an editor needs to know of their types, where that is not there yet.
   * @returns the names of the files that it wrote. @throws GantryError `invalid` for the id; `conflict` where a file is there
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
