import type { ImageConfig } from '../../image/index.js';
import type { PortBinding } from '../../network/index.js';
import type { HostConfig } from './host-config.js';

/** A folder of the host, or a named volume, mounted in a container. */
export interface MountRequest {
  readonly type: 'bind' | 'volume';
  /** An absolute path of the host; a volume's name; empty for an anonymous volume. */
  readonly source: string;
  /** Absolute, in the container. */
  readonly target: string;
  readonly readOnly: boolean;
  /** Asked for by `--mount`. */
  readonly explicit?: boolean;
  /** A missing folder of the host is an error, and is not created. */
  readonly mustExist?: boolean;
  /** Which mounts below it one side sees that the other makes later; absent: `rprivate`, none. */
  readonly propagation?: Propagation;
  /**
   * What is mounted below the folder: `enabled`, the default, has it, read-only where the bind is and the kernel can do that;
   * `disabled` does not; `writable` leaves it writable; `readonly` is an error where the kernel cannot.
   */
  readonly recursion?: 'enabled' | 'disabled' | 'writable' | 'readonly';
  /** The volume is not filled with the image's files. */
  readonly noCopy?: boolean;
  /** A file or folder in the volume that is mounted instead of it: relative. */
  readonly subpath?: string;
  /** Of a volume that is not there yet. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The types of mount propagation (mount_namespaces(7)), recursive ones first. */
export const PROPAGATIONS = ['rprivate', 'rslave', 'rshared', 'private', 'slave', 'shared'] as const;
export type Propagation = (typeof PROPAGATIONS)[number];

/** Names and addresses of a container on its network. */
export interface EndpointOptions {
  readonly aliases: readonly string[];
  readonly address?: string;
  readonly macAddress?: string;
  readonly links: readonly { readonly container: string; readonly alias: string }[];
  /** The network of the highest one has the default route and the published ports; absent: 0. */
  readonly gatewayPriority?: number;
}

/** One more network of a container. */
export interface NetworkAttachment extends EndpointOptions {
  readonly network: string;
}

/** Configuration of a container, fixed when it is created. */
export interface ContainerConfig extends HostConfig {
  /** As the user wrote it. */
  readonly image: string;
  readonly imageId: string;
  /**
   * The image's configuration merged with the user's options: Env, User, WorkingDir, StopSignal, Labels, Healthcheck.
   */
  readonly process: ImageConfig;
  /** Program and arguments, entry point first. Never empty. */
  readonly args: readonly string[];
  readonly hostname: string;
  /** Of NIS. */
  readonly domainname?: string;
  readonly tty: boolean;
  /** The streams of `--attach`; absent: as usual, its output, and its input where that is open. */
  readonly attach?: readonly ('stdin' | 'stdout' | 'stderr')[];
  readonly openStdin: boolean;
  /** The container's input ends when the first attached client's input does. */
  readonly stdinOnce: boolean;
  readonly readOnlyRoot: boolean;
  /** All capabilities, system calls and devices; of the host only its files stay out of reach. */
  readonly privileged: boolean;
  readonly autoRemove: boolean;
  /** The name of the OCI runtime that was asked for. */
  readonly runtime?: string;
  /** `none`, `host`, `container:ID`, or a network's name. */
  readonly network: string;
  readonly networkWishes?: EndpointOptions;
  /** Beside the first one. */
  readonly moreNetworks?: readonly NetworkAttachment[];
  readonly ports: readonly PortBinding[];
  readonly mounts: readonly MountRequest[];
  /** Containers whose mounts it has, too: `NAME[:ro]`. */
  readonly volumesFrom?: readonly string[];
  /** Limits of its log; absent: 100 MB. */
  readonly log?: LogConfig;
}

export interface LogConfig {
  /** Docker's name. The first two store the same log, `none` stores none. */
  readonly driver: 'local' | 'json-file' | 'none';
  /** Bytes of one file, and the number of files. */
  readonly maxSize: number;
  readonly maxFiles: number;
  /** All `--log-opt` as they were given, by name. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Limits of a log whose container has none of its own: 100 MB on disk. */
export const DEFAULT_LOG = { maxSize: 20_000_000, maxFiles: 5 };
