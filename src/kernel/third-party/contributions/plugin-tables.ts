import { type Column, type Extensions, type Filter, PluginFailure } from '../../contracts/index.js';
import type { PluginLoader } from '../loader/index.js';
import type { PluginVersion } from '../process/index.js';

/** Columns and filters that plugins add to the tables of commands. */
export class PluginTables implements Extensions {
  constructor(
    private readonly loader: PluginLoader,
    private readonly log: (message: string) => void,
  ) {}

  columns(command: string): readonly Column[] {
    return this.loader.active.flatMap(({ version }) =>
      version.manifest.columns
        .filter((column) => column.command === command)
        .map(({ name, header }) => ({ header, cells: (rows) => this.#cells(version, name, rows) })),
    );
  }

  filters(command: string): readonly Filter[] {
    return this.loader.active.flatMap(({ version }) =>
      version.manifest.filters
        .filter((filter) => filter.command === command)
        .map(({ name, filter }) => ({
          name: filter,
          keeps: async (value, rows) => listOf('boolean', await version.ask(name, [value, rows]), rows, version),
        })),
    );
  }

  async #cells(version: PluginVersion, name: string, rows: readonly unknown[]): Promise<readonly string[]> {
    try {
      return listOf<string>('string', await version.ask(name, [rows]), rows, version);
    } catch (error) {
      this.log(`the column of plugin '${version.id}': ${error instanceof Error ? error.message : error}`);
      return rows.map(() => '-');
    }
  }
}

/** @throws PluginFailure for what is not one value for each row */
function listOf<T>(type: 'string' | 'boolean', given: unknown, rows: readonly unknown[], version: PluginVersion): T[] {
  if (Array.isArray(given) && given.length === rows.length && given.every((one) => typeof one === type)) return given;
  throw new PluginFailure(version.id, `did not give one ${type} for each of ${rows.length} rows`);
}
