import { createHash } from 'node:crypto';
import { hostIpv6Mode } from '../host/index.js';

export interface RulesOptions {
  /** The engine turned on IPv4 forwarding: nothing is forwarded but what goes to or comes from a bridge. */
  readonly closesForwarding: boolean;
}

export const MAPS_OF_PORTS = ['published', 'published6', 'published_at', 'published6_at'] as const;
export const SETS_OF_NETWORKS = ['bridges', 'within', 'internal', 'outward', 'outward6', 'gateways6'] as const;

/** Identifies the rules of this version on this host. The table carries it as a comment. */
export function rulesetFingerprint(options: RulesOptions): string {
  return createHash('sha256').update(ruleset(options)).digest('hex').slice(0, 32);
}

/**
 * The chain `guard` keeps the loopback network to the host although bridges have route_localnet (CVE-2020-8558). The
 * chain `forward` accepts packets into a bridge that were published or answer a request, and nothing else, so that
 * neither another machine of the same segment nor another network of the host reaches an unpublished or loopback-bound
 * port. Nothing passes between an internal network and external ones. Packets that programs of the host send to ::1 are
 * translated to containers as well. The kernel accepts no packet to that address from a device, so the answer is sent
 * to the bridge's own address (`homeward`) until it has passed routing, and gets its true one then (`home`). Only
 * answers of such connections are changed, and `guard` drops other packets to ::1. Masquerading inside the networks
 * routes the answers back through the host when a container calls a published port. What a container sends from an
 * address that the host would not look for on its bridge is dropped. The chain `closed` keeps a host that forwards for
 * the engine's sake alone from becoming a router between its links; networks of other engines have bridges, too.
 *
 * The rules are the same for all networks, which are elements of sets, as ports are elements of maps.
 */
export function ruleset({ closesForwarding }: RulesOptions): string {
  const isForwarded = hostIpv6Mode() === 'forwarded';
  // Without forwarding, containers have no route back to the host's other addresses.
  const hostOnly = 'oifname @bridges meta nfproto ipv6 ct status dnat fib saddr type local masquerade';
  const arriving6 = 'meta nfproto ipv6 ip6 daddr != ::1 fib daddr type local jump publish6';
  const closed = 'meta nfproto ipv4 iifname != @bridges oifname != @bridges jump closed';
  return `
  set bridges { type ifname; }
  set internal { type ifname; }
  set within { type ifname . ifname; }
  set outward { type ipv4_addr; flags interval; }
  set outward6 { type ipv6_addr; flags interval; }
  map gateways6 { type ifname : ipv6_addr; }
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
  chain closed {
    meta iifkind "bridge" return
    meta oifkind "bridge" return
    drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname @bridges fib saddr . iif oif missing drop${closesForwarding ? `\n    ${closed}` : ''}
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
