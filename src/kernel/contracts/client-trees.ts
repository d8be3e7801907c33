import type { Readable } from 'node:stream';

/** Files and folders on the client's side. A client grants access to those that its own argv names, and to no other. */
export interface ClientTrees {
  /**
   * The kind of file at a path: everything but a directory is a file.
   * @param options `followLink`: of what a link at its end leads to, which is the default
   * @throws GantryError `denied`
   */
  look(path: string, options?: { readonly followLink: boolean }): Promise<'file' | 'directory' | undefined>;
  /**
   * A tar archive of a file, or of a folder and all in it, whose names begin with `as`; with `.` of what is in the folder.
   * @param owners whether files keep their owners; else they are root's
   * @throws GantryError `not found`, `denied`
   */
  read(path: string, options: TreeReading): Promise<Readable>;
  /**
   * From here on stdout is a tar archive, which the client unpacks at the path, that of a folder.
   * @throws GantryError `not found`, `denied`, `invalid` for what is no folder
   */
  write(path: string, options: TreeWriting): Promise<void>;
  /** Makes a small file. @throws GantryError `conflict` where there is one, `not found`, `denied` */
  create(path: string, text: string): Promise<void>;
}

export interface TreeReading {
  readonly as: string;
  readonly followLink: boolean;
  readonly owners: boolean;
}

export interface TreeWriting {
  /** Unpack into the parent folder of the path. */
  readonly beside: boolean;
  /** Whether files get the owners and the set-uid bits that of the archive; else they belong to the client's user. */
  readonly owners: boolean;
}
