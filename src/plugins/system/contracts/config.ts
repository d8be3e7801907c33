import { token } from '../../../kernel/token.js';

/** Where this engine keeps things and what it calls them on the host. Fixed when the process starts. */
export interface Config {
  /** What must survive a reboot: database, layers, containers' writable folders and logs. Default `/var/lib/gantry`. */
  readonly root: string;
  /** What must not: FIFOs, bundles, pid files, the runtime's state. `/run/gantry` for the default root, `<root>/run` else. */
  readonly runDir: string;
  /** Name of the bridge, and of the nftables table. `gantry0` and `gantry`; tests use others (`GANTRY_BRIDGE`). */
  readonly bridge: string;
  /** IPv4 subnet of the bridge in CIDR form, of which the first address is the gateway; undefined: chosen to collide with no route (`GANTRY_SUBNET`). */
  readonly subnet: string | undefined;
  /** Largest packet on the bridge in bytes; undefined: that of the way to the world, 1500 at most (`GANTRY_MTU`). */
  readonly mtu?: number | undefined;
  /** Folders of third-party plugins, absolute. */
  readonly pluginDirs: readonly string[];
  /** True in `docker -d`, false in a local call. */
  readonly daemon: boolean;
  readonly debug: boolean;
  /** How containers' roots are made; undefined: by overlay, where that works (`--storage-driver`, `GANTRY_STORAGE_DRIVER`). */
  readonly storageDriver?: 'overlay' | 'vfs' | undefined;
  /** Bytes of an uncompressed layer at which it counts as a bomb (`GANTRY_MAX_LAYER_SIZE`); undefined: 64 GiB. */
  readonly maxLayerBytes?: number | undefined;
  /** Where none are given: no mirrors, no proxy, Docker's own folders. */
  readonly registries?: RegistrySettings;
}
export const Config = token<Config>('Config');

/** How registries are reached. */
export interface RegistrySettings {
  /** Hosts (`registry.example:5000`) whose certificate nobody checks, and that may speak plain http. Loopback is among them unasked. */
  readonly insecure: readonly string[];
  /** Addresses (`https://mirror.example`) that are asked before Docker Hub. */
  readonly mirrors: readonly string[];
  /** Folders with a folder `host:port` each: `*.crt` are authorities to trust, `*.cert` and `*.key` what to show. */
  readonly certificates: readonly string[];
  /** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in capitals or not. */
  readonly proxy: Readonly<Record<string, string | undefined>>;
  /** How long a connection may say nothing, in milliseconds. */
  readonly stall: number;
}
