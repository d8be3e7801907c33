import type { Network } from './network.js';

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
