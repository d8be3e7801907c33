import { createHash } from 'node:crypto';
import { EVERY_IPV4, EVERY_IPV6, hasIpv6Form } from '../addresses/index.js';
import type { Network, PortMapping } from '../contracts/index.js';
import { hostIpv6Mode } from '../host/index.js';

/** A network with a subnet, as the rules need it. */
export type FirewallNetwork = Pick<Network, 'bridge' | 'subnet' | 'ipv6Subnet' | 'ipv6Gateway' | 'internal'>;

/** Name prefix of the maps that hold published ports. */
export const PUBLISHED_MAPS = 'published';

/** The map elements of a published port. */
export function mapElements(
  one: PortMapping,
): { readonly map: string; readonly key: string; readonly value: string }[] {
  const { hostAddress, protocol, hostPort, containerPort, containerAddress, containerIpv6 } = one;
  const key = `${protocol} . ${hostPort}`;
  const value = `${containerAddress} . ${containerPort}`;
  const value6 = containerIpv6 && `${containerIpv6} . ${containerPort}`;
  const ipv6 = value6 ? [{ map: 'published6', key, value: value6 }] : [];
  if (hostAddress === EVERY_IPV4) return [{ map: 'published', key, value }, ...ipv6];
  if (hostAddress === EVERY_IPV6) return ipv6;
  const keyAt = `${hostAddress} . ${key}`;
  if (!hasIpv6Form(hostAddress)) return [{ map: 'published_at', key: keyAt, value }];
  return value6 ? [{ map: 'published6_at', key: keyAt, value: value6 }] : [];
}

/** Identifies the rules of this version for these networks. The table carries it as a comment. */
export function rulesetFingerprint(networks: readonly FirewallNetwork[]): string {
  return createHash('sha256').update(ruleset(networks)).digest('hex').slice(0, 32);
}

/**
 * The chain `guard` keeps the loopback network to the host although bridges have route_localnet (CVE-2020-8558). The
 * chain `forward` accepts packets into a bridge that were published or answer a request, and nothing else, so that
 * neither another machine of the same segment nor another network of the host reaches an unpublished or loopback-bound
 * port. Nothing passes between an internal network and external ones. Packets that programs of the host send to ::1 are
 * translated to containers as well. The kernel accepts no packet to that address from a device, so the answer is sent
 * to the bridge's own address (`homeward`) until it has passed routing, and gets its true one then (`home`). Only
 * answers of such connections are changed, and `guard` drops other packets to ::1. Masquerading inside the networks
 * routes the answers back through the host when a container calls a published port.
 */
export function ruleset(networks: readonly FirewallNetwork[]): string {
  const bridges = networks.map(({ bridge }) => `"${bridge}"`);
  const internal = networks.filter((network) => network.internal).map(({ bridge }) => `"${bridge}"`);
  const outward = networks.filter((network) => !network.internal).map(({ subnet }) => subnet);
  const withIpv6 = networks.filter(({ ipv6Subnet }) => ipv6Subnet !== '');
  const outward6 = withIpv6.filter((network) => !network.internal).map(({ ipv6Subnet }) => ipv6Subnet);
  const isForwarded = hostIpv6Mode() === 'forwarded';
  // Without forwarding, containers have no route back to the host's other addresses.
  const hostOnly = 'oifname @bridges meta nfproto ipv6 ct status dnat fib saddr type local masquerade';
  const arriving6 = 'meta nfproto ipv6 ip6 daddr != ::1 fib daddr type local jump publish6';
  const gateways6 = withIpv6.map(({ bridge, ipv6Gateway }) => `"${bridge}" : ${ipv6Gateway}`);
  return `
  set bridges { type ifname; ${elements(bridges)} }
  set internal { type ifname; ${elements(internal)} }
  set within { type ifname . ifname; ${elements(bridges.map((bridge) => `${bridge} . ${bridge}`))} }
  set outward { type ipv4_addr; flags interval; ${elements(outward)} }
  set outward6 { type ipv6_addr; flags interval; ${elements(outward6)} }
  map gateways6 { type ifname : ipv6_addr; ${elements(gateways6)} }
  map published6 { type inet_proto . inet_service : ipv6_addr . inet_service; }
  map published { type inet_proto . inet_service : ipv4_addr . inet_service; }
  map published_at { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
  map published6_at { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }
  chain guard {
    type filter hook prerouting priority raw; policy accept;
    iifname != "lo" ip daddr 127.0.0.0/8 drop
    iifname != "lo" ip saddr 127.0.0.0/8 drop
    iifname @bridges ip6 daddr ::1 drop
    iifname @bridges ip6 saddr ::1 drop
  }
  chain publish {
    meta l4proto { tcp, udp, sctp } dnat ip to ip daddr . meta l4proto . th dport map @published_at
    meta l4proto { tcp, udp, sctp } dnat ip to meta l4proto . th dport map @published
  }
  chain publish6 {
    meta l4proto { tcp, udp, sctp } dnat ip6 to ip6 daddr . meta l4proto . th dport map @published6_at
    meta l4proto { tcp, udp, sctp } dnat ip6 to meta l4proto . th dport map @published6
  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    meta nfproto ipv4 fib daddr type local jump publish${isForwarded ? `\n    ${arriving6}` : ''}
  }
  chain output {
    type nat hook output priority -100; policy accept;
    meta nfproto ipv4 fib daddr type local jump publish
    meta nfproto ipv6 fib daddr type local jump publish6
  }
  chain homeward {
    type filter hook prerouting priority dstnat + 10; policy accept;
    ip6 daddr ::1 ct direction reply ct original ip6 daddr ::1 ip6 daddr set iifname map @gateways6
  }
  chain home {
    type filter hook input priority filter; policy accept;
    iifname @bridges ct direction reply ct original ip6 daddr ::1 ip6 daddr set ::1
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname . oifname @within accept
    iifname @internal drop
    oifname @internal drop
    oifname != @bridges accept
    ct state established,related accept
    ct status dnat accept
    drop
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname != @bridges ip saddr @outward masquerade
    oifname != @bridges ip6 saddr @outward6 masquerade
    oifname @bridges ip6 saddr @outward6 ct status dnat masquerade${isForwarded ? '' : `\n    ${hostOnly}`}
    oifname @bridges ip saddr 127.0.0.0/8 masquerade
    oifname @bridges ip6 saddr ::1 masquerade
    oifname @bridges ip saddr @outward ct status dnat masquerade
  }`;
}

function elements(list: readonly string[]): string {
  return list.length > 0 ? `elements = { ${list.join(', ')} };` : '';
}
