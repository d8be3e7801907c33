import { token } from '../../kernel/token.js';

/** A port to publish, as asked for. */
export interface PortRequest {
  readonly protocol: 'tcp' | 'udp';
  readonly containerPort: number;
  /** Undefined: one is picked from 49153-65535. */
  readonly hostPort: number | undefined;
  /** Undefined: every address of the host. */
  readonly hostAddress: string | undefined;
}

export interface PublishedPort {
  readonly protocol: 'tcp' | 'udp';
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostAddress: string;
}

/** A container's place on the bridge, held from `allocate` to `release`. */
export interface Lease {
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly macAddress: string;
  readonly ports: readonly PublishedPort[];
}

/**
 * The bridge, its addresses, and published ports. Leases live in the database, shared by the daemon and local calls.
 * A container's network namespace belongs to its monitor process: when that ends the kernel removes namespace and link.
 */
export interface NetworkManager {
  /**
   * Reserves an address and ports for a container, in one transaction, and makes sure that the bridge and the rules exist.
   * @throws GantryError `unavailable`: no address left, a port in use (by another container, or by a foreign listener)
   */
  allocate(holder: string, ports: readonly PortRequest[]): Promise<Lease>;
  /** Links the network namespace of process `pid` with the bridge: `lo` and `eth0` up, address, default route; then publishes the ports. */
  connect(holder: string, lease: Lease, pid: number): Promise<void>;
  /** Gives the network namespace of process `pid` nothing but its loopback device. */
  isolate(pid: number): Promise<void>;
  /** Gives the lease back and unpublishes its ports. Does nothing for a holder without one. */
  release(holder: string): Promise<void>;
  /** Start-up: releases all leases but those of `live`, and repairs bridge and rules. */
  reconcile(live: readonly string[]): Promise<void>;
  /** For `info`. */
  describe(): Promise<{ readonly bridge: string; readonly subnet: string }>;
}
export const NetworkManager = token<NetworkManager>('NetworkManager');
