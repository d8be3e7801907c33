import { token } from '../../kernel/contracts/index.js';

export interface Volume {
  readonly name: string;
  /** The folder that containers see. */
  readonly path: string;
  readonly created: Date;
  /** Made for one container without a name of its own: `rm -v` takes it along. */
  readonly anonymous: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** Folders that outlive containers. */
export interface Volumes {
  /** The volume of that name, made, with these labels, if it is missing. An empty name makes an anonymous one. @throws GantryError `invalid` for a bad name */
  ensure(name: string, labels?: Readonly<Record<string, string>>): Volume;
  /** @throws GantryError `not found` */
  get(name: string): Volume;
  list(): readonly Volume[];
  /** Notes that a container uses a volume. Joins the caller's transaction. */
  hold(name: string, holder: string): void;
  /** The containers that use a volume. */
  holdersOf(name: string): readonly string[];
  /** Ends a container's use of all its volumes. Joins the caller's transaction. @returns the anonymous ones that nobody uses any more */
  release(holder: string): readonly string[];
  /** @throws GantryError `not found`, `conflict` while a container uses it */
  remove(name: string): Promise<void>;
}
export const Volumes = token<Volumes>('Volumes');
