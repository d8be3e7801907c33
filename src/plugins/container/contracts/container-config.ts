import type { ImageConfig } from '../../image/index.js';
import type { PortRequest } from '../../network/index.js';
import type { HostConfig } from './host-config.js';

/** A folder of the host, or a named volume, in a container. */
export interface MountRequest {
  readonly type: 'bind' | 'volume';
  /** An absolute path of the host; a volume's name; empty for an anonymous volume. */
  readonly source: string;
  /** Absolute, in the container. */
  readonly target: string;
  readonly readOnly: boolean;
  /** A folder of the host that is missing is not made. */
  readonly mustExist?: boolean;
}

/** How a container is to be on its network. */
export interface EndpointOptions {
  readonly aliases: readonly string[];
  readonly address?: string;
  readonly macAddress?: string;
  readonly links: readonly { readonly container: string; readonly alias: string }[];
}

/** What a container is made from: fixed when it is created. */
export interface ContainerConfig extends HostConfig {
  /** As the user wrote it. */
  readonly image: string;
  readonly imageId: string;
  /** The image's configuration with the user's wishes laid over it: Env, User, WorkingDir, StopSignal, Labels, Healthcheck. */
  readonly process: ImageConfig;
  /** Program and arguments, entry point first. Never empty. */
  readonly args: readonly string[];
  readonly hostname: string;
  readonly tty: boolean;
  readonly openStdin: boolean;
  /** The first attached client's end of input is the container's end of input. */
  readonly stdinOnce: boolean;
  readonly readOnlyRoot: boolean;
  /** Nothing is kept from it but the host's files: all capabilities, system calls and devices. */
  readonly privileged: boolean;
  readonly autoRemove: boolean;
  /** `none`, `host`, `container:ID`, or a network's name. */
  readonly network: string;
  readonly networkWishes?: EndpointOptions;
  readonly ports: readonly PortRequest[];
  readonly mounts: readonly MountRequest[];
  /** What is kept of its output; absent: 100 MB. */
  readonly log?: LogConfig;
}

export interface LogConfig {
  /** How Docker calls it; what is kept is the same for the first two, and nothing for `none`. */
  readonly driver: 'local' | 'json-file' | 'none';
  /** Bytes of one file, and how many of them. */
  readonly maxSize: number;
  readonly maxFiles: number;
}

/** Limits of a log whose container has none of its own: 100 MB on disk. */
export const DEFAULT_LOG = { maxSize: 20_000_000, maxFiles: 5 };
