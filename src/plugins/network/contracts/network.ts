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
