import { token } from '../../kernel/token.js';

/** A port to publish, as asked for. */
export interface PortBinding {
  readonly protocol: 'tcp' | 'udp';
  readonly containerPort: number;
  /** Undefined: one is picked from 49153-65535. */
  readonly hostPort: number | undefined;
  /** Of either family, without brackets; `0.0.0.0` and `::` are all of one. Undefined: every address of the host. */
  readonly hostAddress: string | undefined;
}

export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp';
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostAddress: string;
}

/** A container's first place on a network, held from `allocate` to `release`. */
export interface Lease {
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly macAddress: string;
  readonly ports: readonly PublishedPort[];
}

/** A network of its own: a bridge, a subnet, and names. `host` and `none` are no networks, but the lack of one. */
export interface Network {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly created: Date;
  /** CIDR form; empty until the default network is first used. */
  readonly subnet: string;
  readonly gateway: string;
  /** Name of the bridge device. */
  readonly bridge: string;
  /** Largest packet in bytes; undefined: that of the way to the world. */
  readonly mtu: number | undefined;
  /** Nothing passes between it and the world. */
  readonly internal: boolean;
  /** The network of containers that ask for none. Its containers have no names for each other. */
  readonly isDefault: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export interface NetworkOptions {
  readonly name: string;
  /** CIDR form; undefined: one that collides with no route of the host. */
  readonly subnet: string | undefined;
  /** Undefined: the subnet's first address. */
  readonly gateway: string | undefined;
  /** Undefined: that of the way to the world. What goes there is never larger. */
  readonly mtu?: number | undefined;
  readonly internal: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** A name that one container has for another. */
export interface NetworkLink {
  /** The other container's id. */
  readonly target: string;
  readonly alias: string;
}

/** What a container wants of a network. */
export interface EndpointSettings {
  /** Name, id, or unambiguous id prefix. */
  readonly network: string;
  /** What others of the network call it, its name among it. */
  readonly names: readonly string[];
  readonly address?: string | undefined;
  readonly macAddress?: string | undefined;
  readonly links?: readonly NetworkLink[];
}

/** Who holds places on networks: a container. */
export interface Sandbox {
  readonly id: string;
  /** Its /etc/hosts, on the host: between two marks in there stand the names that it can use. */
  readonly hosts: string;
}

export interface EndpointAddress {
  readonly ipv4: string;
  readonly prefixLength: number;
  /** Of a /64; empty where the host has no IPv6. */
  readonly ipv6: string;
  readonly macAddress: string;
}

/** A container's place on a network, whether it runs or not. */
export interface Endpoint {
  readonly network: Network;
  readonly holder: string;
  readonly names: readonly string[];
  /** Set while it runs. */
  readonly address: EndpointAddress | undefined;
}

/**
 * Networks, addresses, and published ports. All of it is in the database, shared by the daemon and local calls.
 * A container's network namespace belongs to its monitor process: when that ends the kernel removes namespace and link.
 */
export interface NetworkManager {
  /**
   * Notes which networks a container is to be on: at each start it gets its places there. One that was never held is on
   * the default network. Joins the caller's transaction.
   * @throws GantryError `not found`, `invalid` for an address or a name that cannot be
   */
  registerEndpoints(sandbox: Sandbox, endpoints: readonly EndpointSettings[]): void;
  /**
   * Forgets a container that is removed. Joins the caller's transaction.
   * @returns where it was to be, as `hold` takes it; undefined for one that was never held
   */
  deleteEndpoints(holder: string): readonly EndpointSettings[] | undefined;
  /** A container is called otherwise from now on, by those of its networks too. Joins the caller's transaction. */
  rename(holder: string, from: string, to: string): void;
  /**
   * Reserves addresses and ports for a container, in one transaction, and makes sure that its bridges and the rules exist.
   * @throws GantryError `unavailable`: no address left, a port in use (by another container, or by a foreign listener);
   *   `not found`: a network that was removed
   */
  allocate(holder: string, ports: readonly PortBinding[]): Promise<Lease>;
  /**
   * Links the network namespace of process `pid` with its bridges: `lo`, `eth0`... up, addresses, default route; then
   * publishes the ports, and tells the others its names.
   */
  connect(holder: string, lease: Lease, pid: number): Promise<void>;
  /** Gives the network namespace of process `pid` nothing but its loopback device; not even that without CAP_NET_ADMIN. */
  loopbackOnly(pid: number): Promise<void>;
  /** Gives the lease back, unpublishes its ports, and takes back its names. Does nothing for a holder without one. */
  release(holder: string): Promise<void>;
  /** Who holds an address or a port. */
  leaseHolders(): readonly string[];
  /** Start-up: releases all leases but those of `live`, and repairs bridges, rules and names; a daemon's keeps doing so. */
  reconcile(live: readonly string[]): Promise<void>;
  /**
   * What does not belong, a line each; empty where all is well: leases of holders that are not in `live`, links and bridges
   * of nobody, published ports that lead nowhere. `reconcile` takes away the leases and the ports. A start or an end that
   * is under way may show.
   */
  orphans(live: readonly string[]): Promise<readonly string[]>;
  /** For `info`. */
  describe(): Promise<{ readonly bridge: string; readonly subnet: string; readonly warnings: readonly string[] }>;
}
export const NetworkManager = token<NetworkManager>('NetworkManager');

/** The networks that containers can be on. References are names, ids, or unambiguous id prefixes. */
export interface Networks {
  /** By name. */
  list(): readonly Network[];
  /** @throws GantryError `not found`, `conflict` for an ambiguous prefix */
  get(reference: string): Network;
  /** Where a container is to be, or those of one network. */
  endpoints(of: { readonly holder: string } | { readonly network: string }): readonly Endpoint[];
  /** @throws GantryError `conflict`: the name, or the subnet, is taken; `invalid`; `unavailable` */
  create(request: NetworkOptions): Promise<Network>;
  /** @throws GantryError `not found`, `conflict` while running containers are on it, `invalid` for the default one */
  remove(reference: string): Promise<void>;
  /** Puts a container on one more network, at once where it runs. @throws GantryError as `hold` and `allocate`; `conflict` */
  join(holder: string, endpoint: EndpointSettings): Promise<void>;
  /** Takes it off, at once. @throws GantryError `not found` */
  leave(holder: string, reference: string): Promise<void>;
}
export const Networks = token<Networks>('Networks');
