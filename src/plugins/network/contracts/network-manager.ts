import { token } from '../../../kernel/token.js';
import type { EndpointSettings, Sandbox } from './endpoint.js';
import type { PortBinding, PublishedPort } from './port.js';

/** A container's first place on a network, held from `allocate` to `release`. */
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
