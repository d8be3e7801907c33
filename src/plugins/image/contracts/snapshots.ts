/** A container's root filesystem, ready to be mounted. */
export interface RootFilesystem {
  /**
   * To be awaited before `mount`, each time: where overlayfs does not work, the first one copies the image.
   * @throws GantryError `conflict`, `unavailable`
   */
  prepare(): Promise<void>;
  /**
   * Mounts it at `target`, an existing folder, in the mount namespace of the calling thread. Synchronous, since the
   * caller has moved its thread into a private namespace and must leave it before it yields.
   */
  mount(target: string): void;
}

/** How containers' roots are made of layers. */
export interface StorageChoice {
  /** `overlay` mounts them, `vfs` copies them. */
  readonly driver: 'overlay' | 'vfs';
  /** Why it is not `overlay`; absent for overlay, and where the user asked for this driver. */
  readonly why?: string;
}

/** One path that a container changed: added, changed or deleted. */
export interface Change {
  readonly kind: 'A' | 'C' | 'D';
  /** Absolute inside the container. */
  readonly path: string;
}
