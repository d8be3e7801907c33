import { token } from './token.js';

/** Something of the engine's state that is not as it should be. */
export interface Finding {
  /** The object that it is about, and that repairing it costs at most: `container web (0123456789ab)`. */
  readonly object: string;
  /** `its folder is missing`. */
  readonly problem: string;
  /** Left out where only the user can help. */
  readonly repair?: Repair;
  /** Advice to the user where nothing can be repaired, one sentence without a full stop at its end. */
  readonly hint?: string;
}

export interface Repair {
  /** In the imperative: `make it anew, empty`. */
  readonly does: string;
  /** How it is reported afterwards: `made anew, empty`. */
  readonly did: string;
  /** Does it, unless the finding no longer holds. @throws GantryError, or any other error that prevents it */
  run(): Promise<void> | void;
}

export interface CheckOptions {
  /** Whether all contents are read, and compared with their digests. */
  readonly digests: boolean;
}

/** A check of a plugin's own state. */
export interface Check {
  /** Looks, and changes nothing. A finding may have been repaired before the next one is asked for. */
  findings(options: CheckOptions): Iterable<Finding> | AsyncIterable<Finding>;
}

/** The checks of all plugins, those first that others depend on. Provided by the process. */
export interface PluginChecks {
  all(): readonly PluginCheck[];
}
export const PluginChecks = token<PluginChecks>('PluginChecks');

export interface PluginCheck {
  /** The kind of object that is checked: `containers`. */
  readonly what: string;
  /** Makes the check with the services that it asks for. @throws what starting them throws */
  make(): Promise<Check>;
}
