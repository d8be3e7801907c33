import type { DatabaseSync } from 'node:sqlite';
import type { CheckOptions, Finding } from '../../kernel/check.js';
import type { Effect } from '../../kernel/command.js';
import { token } from '../../kernel/token.js';

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

/**
 * The engine's metadata: SQLite in WAL mode under the root, shared by the daemon and any number of local calls.
 * Each plugin owns the tables that its own migrations make, and reads no other plugin's.
 */
export interface Database {
  /** The open connection. Prepare statements once and keep them. */
  readonly sql: DatabaseSync;
  /**
   * Brings an owner's tables up to date. Steps are SQL scripts, run once each and in order, in one transaction;
   * append to the list, never edit it. Called from a service's `onStart`.
   */
  migrate(owner: string, steps: readonly string[]): void;
  /**
   * Runs synchronous work in one `BEGIN IMMEDIATE` transaction; rolls back when it throws. Nested calls join the outer one.
   * It survives any process's death. With `durable` it is on disk when this returns, and survives a power cut, with all that
   * was committed before; that costs a sync of the disk. Ignored in a nested call.
   */
  transaction<T>(work: () => T, detail?: { readonly durable: boolean }): T;
}
export const Database = token<Database>('Database');

/** The engine's own log: one line an entry, to the daemon's log file or, in a local call with `-D`, to stderr. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}
export const Log = token<Log>('Log');

/** A unix socket whose callers may do less than the daemon's own. */
export interface RestrictedSocket {
  /** Absolute, at most 106 bytes. */
  readonly path: string;
  /** What commands may do that are called over it. `read` always is among them. */
  readonly allow: readonly Effect[];
  /** Of the socket file; its group is `docker` where there is one. */
  readonly mode: number;
}

/** The limited sockets of this engine. They come back with the next daemon until they are removed. */
export interface RestrictedSockets {
  /** By path. */
  list(): readonly RestrictedSocket[];
  /** Whether this process listens on it now. */
  isOpen(path: string): boolean;
  /** @throws GantryError `conflict`: something is there; `not found`: no such folder; `invalid`: too long; `unavailable` */
  create(socket: RestrictedSocket): Promise<void>;
  /** Ends calls under way over it, and takes the file away. @throws GantryError `not found` */
  remove(path: string): Promise<void>;
}
export const RestrictedSockets = token<RestrictedSockets>('RestrictedSockets');

/** Listens for limited callers. Given by the process, since plugins know no transport; only a daemon's does anything. */
export interface RestrictedListeners {
  /** @throws GantryError `conflict`, `unavailable` */
  open(socket: RestrictedSocket): Promise<void>;
  close(path: string): Promise<void>;
}
export const RestrictedListeners = token<RestrictedListeners>('RestrictedListeners');
/** Something that happened to a container, an image, a volume or a network, in Docker's words. */
export interface EngineEvent {
  /** Grows with each event; never used twice. */
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly type: 'container' | 'image' | 'volume' | 'network';
  /** `create`, `start`, `die`, `tag`, ... */
  readonly action: string;
  /** The container's, image's or network's id, the volume's name. */
  readonly actor: string;
  /** What is worth knowing of it then: its name, its image, its labels, an exit code. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What happened, written down: the last 10,000 events, and older ones that a subscriber has yet to take. */
export interface Events {
  /** Writes it down; joins the caller's transaction, so that an event is there exactly if the change is. */
  emit(type: EngineEvent['type'], action: string, actor: string, attributes: Readonly<Record<string, string>>): void;
  /** Events after `id`, oldest first, at most `limit`. */
  after(id: number, limit: number): readonly EngineEvent[];
  /** Id of the newest event; 0 where nothing has happened yet. */
  newest(): number;
  /**
   * Calls back soon after events were written, by this process or another. One call may stand for many events.
   * @returns what stops it
   */
  onAppended(listener: () => void): () => void;
  /**
   * Durable: from now on each event of these actions waits for the subscriber until it is done, whichever process
   * writes it. An action is a word (`die`) or one of a type (`container create`). Replaces an earlier subscription of
   * that name; what waits stays.
   */
  subscribe(subscriber: string, actions: readonly string[]): void;
  /** Ends a subscription, and forgets what waits for it. */
  unsubscribe(subscriber: string): void;
  /** Names of those that are subscribed, or for whom something waits; sorted. */
  subscribers(): readonly string[];
  /** What waits for a subscriber, oldest first, at most `limit`. */
  pending(subscriber: string, limit: number): readonly EngineEvent[];
  /** The subscriber has taken an event: it waits no more. */
  acknowledge(subscriber: string, eventId: number): void;
}
export const Events = token<Events>('Events');

/** What is wrong with the engine's state, of all plugins. */
export interface Checks {
  /** Looks, and changes nothing. A check that cannot be made is a finding itself. */
  find(options: CheckOptions): AsyncIterable<Finding>;
  /** Repairs what was found, if anything can be done about it. @throws what stands in the way */
  repair(finding: Finding): Promise<void>;
}
export const Checks = token<Checks>('Checks');
