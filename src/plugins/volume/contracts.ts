import { token } from '../../kernel/index.js';

export interface Volume {
  readonly name: string;
  /** The folder that containers see. */
  readonly path: string;
  readonly created: Date;
  /** Created for one container, without a name chosen by the user: `rm -v` removes it, too. */
  readonly anonymous: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** Folders that outlive containers. */
export interface Volumes {
  /**
   * Returns the volume of that name, and creates it with these labels if it is missing. An empty name creates an
   * anonymous one.
   * @throws GantryError `invalid` for a bad name
   */
  ensure(name: string, labels?: Readonly<Record<string, string>>): Volume;
  /** @throws GantryError `not found` */
  get(name: string): Volume;
  list(): readonly Volume[];
  /** Records that a container uses a volume. Joins the caller's transaction. */
  hold(name: string, holder: string): void;
  /** The containers that use a volume. */
  holdersOf(name: string): readonly string[];
  /**
   * Ends a container's use of all its volumes. Joins the caller's transaction.
   * @returns the anonymous ones that no container uses any more
   */
  release(holder: string): readonly string[];
  /** @throws GantryError `not found`, `conflict` while a container uses it */
  remove(name: string): Promise<void>;
}
export const Volumes = token<Volumes>('Volumes');

export const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
