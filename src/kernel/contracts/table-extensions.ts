import { token } from './token.js';

/** A column that a plugin adds to a command's table. */
export interface Column {
  readonly header: string;
  /** A cell for each of the rows that the command shows, in their order. Never rejects: what fails is shown as `-`. */
  cells(rows: readonly unknown[]): Promise<readonly string[]>;
}

/** A filter that a plugin adds: `--filter name=value`. */
export interface Filter {
  readonly name: string;
  /** Whether each of the rows stays. @throws GantryError naming the plugin */
  keeps(value: string, rows: readonly unknown[]): Promise<readonly boolean[]>;
}

/** Columns and filters that plugins add to the tables of other plugins' commands. Provided by the process; no plugin runs yet. */
export interface Extensions {
  /** @param command its own name: `ps`, `images` */
  columns(command: string): readonly Column[];
  filters(command: string): readonly Filter[];
}
export const Extensions = token<Extensions>('Extensions');

/** Where no plugin adds anything. */
export const NO_EXTENSIONS: Extensions = { columns: () => [], filters: () => [] };
