import { token } from '../../../kernel/index.js';
import type { EndpointSettings, Sandbox } from './endpoint.js';
import type { PortBinding, PublishedPort } from './port.js';

/** The address of a container's first endpoint, held from `allocate` to `release`. */
export interface Lease {
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly macAddress: string;
  readonly ports: readonly PublishedPort[];
}

/**
 * Networks, addresses, and published ports. All of it is in the database, shared by the daemon and local calls.
 * A container's network namespace belongs to its monitor process: when that ends the kernel removes namespace and link.
 */
export interface NetworkManager {
  /**
   * Records which networks a container joins at each start. One that was never registered joins the default network.
   * Joins the caller's transaction.
   * @throws GantryError `not found`, `invalid` for an address or a name that cannot be
   */
  registerEndpoints(sandbox: Sandbox, endpoints: readonly EndpointSettings[]): void;
  /**
   * Deletes the endpoints of a container that is removed. Joins the caller's transaction.
   * @returns its endpoints as `registerEndpoints` reads them; undefined for one that was never registered
   */
  deleteEndpoints(holder: string): readonly EndpointSettings[] | undefined;
  /** Changes a container's name, also where other containers resolve it. Joins the caller's transaction. */
  rename(holder: string, from: string, to: string): void;
  /**
   * Reserves addresses and ports for a container, in one transaction, and makes sure that its bridges and the rules exist.
   * @throws GantryError `unavailable`: no address left, a port in use (by another container, or by a foreign listener);
   *   `not found`: a network that was removed
   */
  allocate(holder: string, ports: readonly PortBinding[]): Promise<Lease>;
  /**
   * Links the network namespace of process `pid` with its bridges: `lo`, `eth0`... up, addresses, default route; then
   * publishes the ports, and writes its names into the hosts files of other containers.
   * @param sysctls of `eth0`, `eth1`..., which are there only then
   * @throws GantryError `invalid` for a setting that the kernel refuses
   */
  connect(
    holder: string,
    lease: Lease,
    pid: number,
    sysctls?: readonly (readonly [name: string, value: string])[],
  ): Promise<void>;
  /**
   * Brings up the loopback device in the network namespace of process `pid`, and nothing else; not even that without
   * CAP_NET_ADMIN.
   */
  loopbackOnly(pid: number): Promise<void>;
  /**
   * Releases the lease, unpublishes its ports, and removes its names from hosts files. Does nothing for a container
   * without one.
   */
  release(holder: string): Promise<void>;
  /**
   * Releases what containers hold that are not in `live`: whose release has failed. Call it again until it succeeds.
   * @param live is asked inside of a transaction for those that run or start
   */
  releaseStale(live: () => ReadonlySet<string>): Promise<void>;
  /** Why the last release in this process failed; undefined where it did not. */
  releaseFailure(): string | undefined;
  /** Containers that hold an address or a port. */
  leaseHolders(): readonly string[];
  /**
   * At start-up: releases all leases but those of `live`, and repairs bridges, rules and names. A daemon then checks
   * bridges and rules until it stops.
   */
  reconcile(live: readonly string[]): Promise<void>;
  /**
   * Lists orphans, a line each: leases of containers that are not in `live`, links and bridges without a row, published
   * ports without a container. `reconcile` removes the leases and the ports. A start or an end that is in progress may
   * show.
   */
  orphans(live: readonly string[]): Promise<readonly string[]>;
  /** For `info`. */
  describe(): Promise<{ readonly bridge: string; readonly subnet: string; readonly warnings: readonly string[] }>;
}
export const NetworkManager = token<NetworkManager>('NetworkManager');
