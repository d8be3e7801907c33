import { token } from '../../../kernel/index.js';

/** Paths of this engine and its names on the host. Fixed when the process starts. */
export interface Config {
  /**
   * Folder of all that must survive a reboot: database, layers, containers' writable folders and logs. Default
   * `/var/lib/gantry`.
   */
  readonly root: string;
  /**
   * Folder of all that must not: FIFOs, bundles, pid files, the runtime's state. `/run/gantry` for the default root,
   * `<root>/run` else.
   */
  readonly runDir: string;
  /** Name of the bridge, and of the nftables table. `gantry0` and `gantry`; tests use others (`GANTRY_BRIDGE`). */
  readonly bridge: string;
  /** IPv4 subnet of the bridge in CIDR form, of which the first address is the gateway; undefined: chosen to collide with no route (`GANTRY_SUBNET`). */
  readonly subnet: string | undefined;
  /** Largest packet on the bridge in bytes; undefined: that of the default route, 1500 at most (`GANTRY_MTU`). */
  readonly mtu?: number | undefined;
  /** Folders of third-party plugins, absolute. */
  readonly pluginDirs: readonly string[];
  /** True in `docker -d`, false in a local call. */
  readonly daemon: boolean;
  readonly debug: boolean;
  /**
   * Snapshots of containers' roots; undefined: overlay, where that works (`--storage-driver`, `GANTRY_STORAGE_DRIVER`).
   */
  readonly storageDriver?: 'overlay' | 'vfs' | undefined;
  /** Bytes of an uncompressed layer at which it counts as a bomb (`GANTRY_MAX_LAYER_SIZE`); undefined: 64 GiB. */
  readonly maxLayerBytes?: number | undefined;
  /** Default: no mirrors, no proxy, Docker's own folders. */
  readonly registries?: RegistrySettings;
}
export const Config = token<Config>('Config');

/** How registries are reached. */
export interface RegistrySettings {
  /**
   * Hosts (`registry.example:5000`) whose certificate is not checked, and that may use plain http. Loopback always is
   * among them.
   */
  readonly insecure: readonly string[];
  /** Addresses (`https://mirror.example`) that are asked before Docker Hub. */
  readonly mirrors: readonly string[];
  /**
   * Folders with a folder `host:port` each: `*.crt` are authorities to trust, `*.cert` and `*.key` the client's
   * certificate and key.
   */
  readonly certificates: readonly string[];
  /** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in capitals or not. */
  readonly proxy: Readonly<Record<string, string | undefined>>;
  /** Milliseconds without data after which a connection counts as stalled. */
  readonly stall: number;
}
