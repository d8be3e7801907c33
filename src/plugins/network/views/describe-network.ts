import { isIPv4, isIPv6 } from 'node:net';
import type { Endpoint, Network } from '../contracts/index.js';
import { hostIpv6Mode } from '../host/index.js';
import type { ListedNetwork } from './network-list.js';

/** Describes a network under the names of Docker's API. */
export function describeNetwork({ id, name, driver, network }: ListedNetwork, endpoints: readonly Endpoint[]): object {
  const pools = network ? poolsOf(network) : [];
  return {
    Name: name,
    Id: id,
    ...(network && { Created: network.created.toISOString() }),
    Scope: 'local',
    Driver: driver,
    EnableIPv4: network !== undefined,
    EnableIPv6: network !== undefined && hasIpv6(network),
    IPAM: { Driver: 'default', Options: network?.notes.ipamOptions ?? null, Config: pools },
    Internal: network?.internal ?? false,
    Attachable: network?.notes.attachable ?? false,
    Ingress: false,
    Containers: Object.fromEntries(endpoints.flatMap(entryOf)),
    Options: network ? optionsOf(network) : {},
    Labels: network?.labels ?? {},
  };
}

function optionsOf({ bridge, mtu }: Network): object {
  return {
    'com.docker.network.bridge.name': bridge,
    ...(mtu !== undefined && { 'com.docker.network.driver.mtu': String(mtu) }),
  };
}

function hasIpv6({ ipv6Subnet }: Network): boolean {
  return ipv6Subnet !== '' && hostIpv6Mode() !== 'none';
}

function poolsOf(network: Network): object[] {
  const { subnet, gateway, ipv6Subnet, ipv6Gateway, ipRange, auxAddresses } = network;
  const aux = (wanted: (address: string) => boolean): object => {
    const entries = Object.entries(auxAddresses).filter(([, address]) => wanted(address));
    return entries.length > 0 ? { AuxiliaryAddresses: Object.fromEntries(entries) } : {};
  };
  const range = ipRange === undefined ? {} : { IPRange: ipRange };
  return [
    ...(subnet ? [{ Subnet: subnet, ...range, Gateway: gateway, ...aux(isIPv4) }] : []),
    ...(hasIpv6(network) ? [{ Subnet: ipv6Subnet, ...(subnet && { Gateway: ipv6Gateway }), ...aux(isIPv6) }] : []),
  ];
}

function entryOf({ holder, names, address }: Endpoint): [string, object][] {
  if (!address) return [];
  const { macAddress, ipv4, prefixLength, ipv6 } = address;
  return [
    [
      holder,
      {
        Name: names[0] ?? '',
        MacAddress: macAddress,
        IPv4Address: `${ipv4}/${prefixLength}`,
        IPv6Address: ipv6 && `${ipv6}/64`,
      },
    ],
  ];
}
