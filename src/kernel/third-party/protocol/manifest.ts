import type { CommandMetadata, Effect, OptionMetadata } from '../../contracts/index.js';

/** All that the engine knows of a plugin without running it: help, completion and rights come from here. */
export interface Manifest {
  readonly id: string;
  readonly api: number;
  readonly summary: string;
  readonly rights: readonly string[];
  /** Commands of the engine that it wants to take the place of. */
  readonly replaces: readonly string[];
  /** Labels of the services that its classes ask for, its own left out. */
  readonly asks: readonly string[];
  readonly commands: readonly ManifestCommand[];
  readonly extensions: readonly ManifestExtension[];
  readonly handlers: readonly ManifestHandler[];
  readonly columns: readonly ManifestColumn[];
  readonly filters: readonly ManifestFilter[];
  readonly services: readonly ManifestService[];
  readonly transports: readonly string[];
}

export interface ManifestCommand {
  readonly metadata: CommandMetadata;
  readonly options: readonly OptionMetadata[];
}

export interface ManifestExtension {
  readonly name: string;
  readonly command: string;
  readonly options: readonly OptionMetadata[];
  /** Whether it has code around the call, or flags only. */
  readonly around: boolean;
  readonly onFailure: 'skip' | 'refuse';
}

/** `name` is `Class.method`. */
interface ManifestHandler {
  readonly name: string;
  readonly action: string;
}

interface ManifestColumn {
  readonly name: string;
  readonly command: string;
  readonly header: string;
}

interface ManifestFilter {
  readonly name: string;
  readonly command: string;
  readonly filter: string;
}

interface ManifestService {
  readonly label: string;
  readonly effects: Readonly<Record<string, Effect>>;
}
