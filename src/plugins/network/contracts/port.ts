export type PortProtocol = 'tcp' | 'udp' | 'sctp';

/** A port to publish, as asked for. */
export interface PortBinding {
  readonly protocol: PortProtocol;
  readonly containerPort: number;
  /** Undefined: one is chosen from 49153-65535. */
  readonly hostPort: number | undefined;
  /** The first free port from `hostPort` to this one is taken. */
  readonly lastHostPort?: number;
  /** Of either family, without brackets; `0.0.0.0` and `::` are all of one. Undefined: every address of the host. */
  readonly hostAddress: string | undefined;
}

export interface PublishedPort {
  readonly protocol: PortProtocol;
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostAddress: string;
  /** It is published on all addresses of IPv6, too. */
  readonly everyFamily?: true;
}

/** A published port and the container address that it is translated to. */
export interface PortMapping extends PublishedPort {
  readonly containerAddress: string;
  /** Set where the port is published for IPv6. */
  readonly containerIpv6: string | undefined;
}
