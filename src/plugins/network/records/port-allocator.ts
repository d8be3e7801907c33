import { constants } from 'node:os';
import { GantryError } from '../../../kernel/index.js';
import type { Database } from '../../system/index.js';
import {
  addressesOverlap,
  bindAddresses,
  EVERY_IPV4,
  hasIpv6Form,
  normalizeAddress,
  socketAddress,
} from '../addresses/index.js';
import type { PortBinding, PublishedPort } from '../contracts/index.js';
import { hostIpv6Mode, probeBind } from '../host/index.js';

const FIRST_PICKED = 49153;
const LAST_PICKED = 65535;

type Refusal = 'leased' | 'foreign' | 'no such address' | 'no IPv6' | 'denied';

/** The host's ports that containers hold. Every method joins the caller's transaction. */
export class PortAllocator {
  constructor(
    private readonly database: Database,
    private readonly probe: typeof probeBind = probeBind,
  ) {}

  /** Reserves all requested ports, or none. @throws GantryError `unavailable`, `invalid` for what is no address */
  allocate(holder: string, requests: readonly PortBinding[]): PublishedPort[] {
    const reserved = new Map<PortBinding, PublishedPort>();
    // Those that can be nowhere else come first.
    for (const request of [...requests].sort(byChoice)) {
      const isFree = request.hostPort === undefined;
      reserved.set(request, isFree ? this.#pick(holder, request) : this.#reserve(holder, request));
    }
    return requests.flatMap((request) => reserved.get(request) ?? []);
  }

  /**
   * Marks the ports of a container as closing: they are not published again, and not free until their rules are
   * removed.
   */
  close(holder: string): void {
    this.database.prepare('UPDATE network_port SET closing = 1 WHERE holder = ?').run(holder);
  }

  release(holder: string): void {
    this.database.prepare('DELETE FROM network_port WHERE holder = ?').run(holder);
  }

  #reserve(holder: string, request: PortBinding): PublishedPort {
    const first = request.hostPort ?? 0;
    for (let number = first; ; number++) {
      const port = resolved(request, number);
      const refusal = this.#refusal(request, port);
      if (!refusal) {
        this.#insert(holder, request, port);
        return port;
      }
      if (number >= (request.lastHostPort ?? first)) throw conflict(port, refusal);
    }
  }

  #pick(holder: string, request: PortBinding): PublishedPort {
    const count = LAST_PICKED - FIRST_PICKED + 1;
    const start = this.#lastPicked() + 1 - FIRST_PICKED;
    for (let step = 0; step < count; step++) {
      const port = resolved(request, FIRST_PICKED + ((start + step) % count));
      const refusal = this.#refusal(request, port);
      if (refusal === 'no such address' || refusal === 'no IPv6') throw conflict(port, refusal);
      if (refusal) continue;
      this.#insert(holder, request, port);
      this.#rememberPicked(port.hostPort);
      return port;
    }
    throw new GantryError('unavailable', 'all ports are allocated', {
      hint: 'Remove a container that publishes ports',
    });
  }

  #refusal({ hostAddress }: PortBinding, port: PublishedPort): Refusal | undefined {
    const addresses = bindAddresses(hostAddress);
    return this.#isLeased(port, addresses) ? 'leased' : foreignRefusal(port, addresses, this.probe);
  }

  #isLeased({ protocol, hostPort }: PublishedPort, addresses: readonly string[]): boolean {
    return this.database
      .prepare('SELECT address, every_family FROM network_port WHERE protocol = ? AND port = ?')
      .all(protocol, hostPort)
      .flatMap(({ address, every_family: every }) => bindAddresses(every === 1 ? undefined : String(address)))
      .some((held) => addresses.some((address) => addressesOverlap(held, address)));
  }

  #insert(holder: string, { hostAddress: asked }: PortBinding, port: PublishedPort): void {
    const { protocol, hostPort, hostAddress, containerPort } = port;
    this.database
      .prepare(`INSERT INTO network_port (protocol, port, address, container_port, holder, every_family)
        VALUES (?, ?, ?, ?, ?, ?)`)
      .run(protocol, hostPort, hostAddress, containerPort, holder, asked === undefined ? 1 : 0);
  }

  #lastPicked(): number {
    const row = this.database.prepare("SELECT value FROM network_setting WHERE name = 'last port'").get();
    return row ? Number(row['value']) : FIRST_PICKED - 1;
  }

  #rememberPicked(port: number): void {
    this.database.prepare("INSERT OR REPLACE INTO network_setting VALUES ('last port', ?)").run(String(port));
  }
}

/** One port, a range, any. */
function byChoice(one: PortBinding, other: PortBinding): number {
  const choice = ({ hostPort, lastHostPort }: PortBinding): number =>
    hostPort === undefined ? 2 : lastHostPort === undefined ? 0 : 1;
  return choice(one) - choice(other);
}

/**
 * Throws the error that `PortAllocator.allocate` would throw, and reserves nothing. Ports without a host port are not
 * checked.
 * @param leased ports that containers hold
 * @throws GantryError as `allocate`
 */
export function refuseTakenPorts(
  requests: readonly PortBinding[],
  leased: readonly PublishedPort[],
  probe: typeof probeBind = probeBind,
): void {
  for (const request of requests) {
    if (request.hostPort === undefined || request.lastHostPort !== undefined) continue;
    const port = resolved(request, request.hostPort);
    const { protocol, hostPort } = port;
    const addresses = bindAddresses(request.hostAddress);
    const isLeased = leased.some(
      (held) =>
        held.protocol === protocol &&
        held.hostPort === hostPort &&
        addresses.some((address) => addressesOverlap(held.hostAddress, address)),
    );
    const refusal = isLeased ? 'leased' : foreignRefusal(port, addresses, probe);
    if (refusal) throw conflict(port, refusal);
  }
}

/**
 * Checks the ports against listeners of the host. IPv6 addresses count only where the host has IPv6, unless one was
 * requested.
 */
function foreignRefusal(
  { protocol, hostPort }: PublishedPort,
  addresses: readonly string[],
  probe: typeof probeBind,
): Refusal | undefined {
  const { EADDRINUSE, EADDRNOTAVAIL, EINVAL } = constants.errno;
  const hasIpv6 = hostIpv6Mode() !== 'none';
  for (const address of addresses) {
    if (hasIpv6Form(address) && !hasIpv6) {
      if (addresses.length > 1) continue;
      return 'no IPv6';
    }
    const errno = probe(protocol, address, hostPort);
    if (errno === EADDRNOTAVAIL || errno === EINVAL) return 'no such address';
    if (errno !== 0) return errno === EADDRINUSE ? 'foreign' : 'denied';
  }
  return undefined;
}

function resolved(request: PortBinding, hostPort: number): PublishedPort {
  const { protocol, containerPort, hostAddress = EVERY_IPV4 } = request;
  const port = { protocol, containerPort, hostPort, hostAddress: normalizeAddress(hostAddress) };
  return request.hostAddress === undefined && hostIpv6Mode() !== 'none' ? { ...port, everyFamily: true } : port;
}

function conflict({ hostAddress, hostPort }: PublishedPort, refusal: Refusal): GantryError {
  const what = `Bind for ${socketAddress(hostAddress, hostPort)} failed`;
  switch (refusal) {
    case 'leased':
      return new GantryError('unavailable', `${what}: port is already allocated`, {
        hint: 'A container publishes it, see `docker ps`, or it was given twice',
      });
    case 'foreign':
      return new GantryError('unavailable', `${what}: port is already allocated`, {
        hint: 'A program of the host listens there: see `ss -lntup`',
      });
    case 'no such address':
      return new GantryError('unavailable', `${what}: cannot assign requested address`, {
        hint: 'The host has no such address: see `ip address`',
      });
    case 'no IPv6':
      return new GantryError('unavailable', `${what}: the host has no IPv6`, {
        hint: 'Publish on an IPv4 address, or let the kernel have IPv6: see `sysctl net.ipv6.conf.all.disable_ipv6`',
      });
    case 'denied':
      return new GantryError('unavailable', `${what}: permission denied`);
  }
}
