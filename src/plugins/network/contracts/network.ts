/** A bridge network: a bridge, a subnet, and names. `host` and `none` are modes of a container, and no networks. */
export interface Network {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly created: Date;
  /** CIDR form; empty until the default network is first used. */
  readonly subnet: string;
  readonly gateway: string;
  /** A /64, whose addresses end in IPv4 ones; empty for a network without IPv6. */
  readonly ipv6Subnet: string;
  readonly ipv6Gateway: string;
  /** Part of `subnet` that addresses are taken from, in CIDR form; undefined: all of it. */
  readonly ipRange: string | undefined;
  /** Addresses that no container gets, by a name that says whose they are. */
  readonly auxAddresses: Readonly<Record<string, string>>;
  /** Options of the network and of its address management that mean something to other programs alone. */
  readonly notes: NetworkNotes;
  /** Name of the bridge device. */
  readonly bridge: string;
  /** Largest packet in bytes; undefined: that of the default route. */
  readonly mtu: number | undefined;
  /** Nothing passes between it and external networks. */
  readonly internal: boolean;
  /** The network of containers that name none. Its containers do not resolve each other's names. */
  readonly isDefault: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is kept as it was given. */
export interface NetworkNotes {
  /** Its containers do not reach each other but by published ports. */
  readonly isolated?: boolean;
  readonly attachable?: boolean;
  readonly ipamOptions?: Readonly<Record<string, string>>;
}

export interface NetworkOptions {
  readonly name: string;
  /** CIDR form; undefined: one that collides with no route of the host. */
  readonly subnet: string | undefined;
  /** Undefined: the subnet's first address. */
  readonly gateway: string | undefined;
  /** A /64; undefined: one made of the network's id; empty: no IPv6. */
  readonly ipv6Subnet?: string | undefined;
  /** Undefined: the address that ends in the IPv4 gateway. */
  readonly ipv6Gateway?: string | undefined;
  readonly ipRange?: string | undefined;
  readonly auxAddresses?: Readonly<Record<string, string>>;
  readonly notes?: NetworkNotes;
  /** Undefined: that of the default route. Packets that leave the host are never larger than that. */
  readonly mtu?: number | undefined;
  /** The name of the bridge device; undefined: one made of the network's id. */
  readonly bridge?: string | undefined;
  readonly internal: boolean;
  readonly labels: Readonly<Record<string, string>>;
}
