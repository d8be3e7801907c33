import { token } from '../../../kernel/index.js';

/** An image as plugins see it: plain data. */
export interface ImageSummary {
  /** `sha256:` and 64 hex digits: the digest of its configuration. */
  readonly id: string;
  /** Its names, as `docker images` shows them: `busybox:latest`; sorted, none for one without a tag. */
  readonly names: readonly string[];
  /** Id of the image that it was committed from; empty for an imported one. */
  readonly parent: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Bytes of all layers, unpacked. */
  readonly size: number;
  readonly comment: string;
  /** As Go names it: `amd64`. */
  readonly architecture: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** How one step of an image came about. */
export interface HistoryStep {
  /** Id of the image that ends with this step, where it is here; empty else. */
  readonly imageId: string;
  /** Milliseconds since 1970; absent where it is not told. */
  readonly created?: number;
  readonly createdBy: string;
  readonly comment: string;
  /** Bytes of its layer, unpacked; 0 for one that changed no file. */
  readonly size: number;
}

/**
 * Images, for plugins. A reference is a name (`busybox`, `busybox:1.36`), an id, or an unambiguous prefix of one. Each
 * method rejects with a GantryError: `invalid` for an argument of a wrong type, naming it, and for what is no reference.
 */
export interface Images {
  /** All images, the newest first. */
  list(): Promise<readonly ImageSummary[]>;
  /** @throws GantryError `not found` (`No such image: x`), `conflict` for an ambiguous prefix */
  get(reference: string): Promise<ImageSummary>;
  /** The newest step first. @throws GantryError as `get` */
  history(reference: string): Promise<readonly HistoryStep[]>;
  /** Gives an image a name, taking it from the image that had it. @throws GantryError as `get` */
  tag(reference: string, name: string): Promise<void>;
  /** Takes a name away; the image stays. @throws GantryError `not found` */
  untag(name: string): Promise<void>;
  /**
   * Takes the names of an image away and removes it.
   * @throws GantryError `not found`; `conflict` where a container or another image needs it
   */
  remove(reference: string): Promise<void>;
}
export const Images = token<Images>('Images');
