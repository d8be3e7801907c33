/** A bridge network: a bridge, a subnet, and names. `host` and `none` are modes of a container, and no networks. */
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
  /** Largest packet in bytes; undefined: that of the default route. */
  readonly mtu: number | undefined;
  /** Nothing passes between it and external networks. */
  readonly internal: boolean;
  /** The network of containers that name none. Its containers do not resolve each other's names. */
  readonly isDefault: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export interface NetworkOptions {
  readonly name: string;
  /** CIDR form; undefined: one that collides with no route of the host. */
  readonly subnet: string | undefined;
  /** Undefined: the subnet's first address. */
  readonly gateway: string | undefined;
  /** Undefined: that of the default route. Packets that leave the host are never larger than that. */
  readonly mtu?: number | undefined;
  readonly internal: boolean;
  readonly labels: Readonly<Record<string, string>>;
}
