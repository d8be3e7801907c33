import type { OptionMetadata } from './option.js';

/** A call of a command, as code around it sees it. Plain data. */
export interface ExtendedCall {
  /** The command's own name. */
  readonly command: string;
  readonly args: readonly string[];
  /** The values of the command's options, by property: `privileged`, `publish`. Those with a default are there, too. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Nothing will be changed: `--dry-run`, `--explain`. */
  readonly dryRun: boolean;
}

/**
 * Goes on with the call, and resolves with its exit code when it has ended. @param changes of the command's options, by
 * property. @throws what the command throws
 */
export type Next = (changes?: Readonly<Record<string, unknown>>) => Promise<number>;

/** Option values by property. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** An extension of a command that another plugin owns: options, and code around its calls. */
export interface ExtensionDefinition {
  /** Unique among those of its plugin. */
  readonly name: string;
  /** The command's own name; `*` for every command. */
  readonly command: string;
  readonly options: readonly OptionMetadata[];
  readonly onFailure: 'skip' | 'refuse';
  /**
   * Stands around a call. @param own the values of its own options, those that were given
   * @throws GantryError `denied` to refuse the call, any other for wrong values of its own options; `PluginFailure` when
   * the plugin cannot answer; and what `next` threw
   */
  around?(own: OptionValues, call: ExtendedCall, next: Next): Promise<number>;
}
