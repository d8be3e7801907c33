import { ipv6Prefix, PREFIX_LENGTH } from '../addresses/index.js';
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
    EnableIPv6: network !== undefined && hostIpv6Mode() !== 'none',
    IPAM: { Driver: 'default', Options: null, Config: pools },
    Internal: network?.internal ?? false,
    Attachable: false,
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

function poolsOf({ id, subnet, gateway }: Network): object[] {
  const ipv6 = hostIpv6Mode() === 'none' ? [] : [{ Subnet: `${ipv6Prefix(id)}/${PREFIX_LENGTH}` }];
  return [...(subnet ? [{ Subnet: subnet, Gateway: gateway }] : []), ...ipv6];
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
