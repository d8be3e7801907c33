import type { Network } from './network.js';

/** A name that one container has for another. */
export interface NetworkLink {
  /** The other container's id. */
  readonly target: string;
  readonly alias: string;
}

/** How a container joins a network: `EndpointSettings` of the Engine API. */
export interface EndpointSettings {
  /** Name, id, or unambiguous id prefix. */
  readonly network: string;
  /** Names that other containers of the network resolve, its own name among them. */
  readonly names: readonly string[];
  readonly address?: string | undefined;
  readonly macAddress?: string | undefined;
  readonly links?: readonly NetworkLink[];
}

/** A container as networks know it: libnetwork's sandbox. */
export interface Sandbox {
  readonly id: string;
  /** Path of its /etc/hosts on the host. The engine writes the names that it can resolve between two marks in it. */
  readonly hosts: string;
}

export interface EndpointAddress {
  readonly ipv4: string;
  readonly prefixLength: number;
  /** Of a /64; empty where the host has no IPv6. */
  readonly ipv6: string;
  readonly macAddress: string;
}

/** A container on a network, whether it runs or not. */
export interface Endpoint {
  readonly network: Network;
  readonly holder: string;
  readonly names: readonly string[];
  /** Set while it runs. */
  readonly address: EndpointAddress | undefined;
}
