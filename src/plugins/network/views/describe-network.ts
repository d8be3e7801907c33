import { isIPv4, isIPv6 } from 'node:net';
import { NIL_LIST, NIL_MAP, omitEmpty, TemplateMap, withGoNames } from '../../../kernel/index.js';
import type { Endpoint, Network } from '../contracts/index.js';
import { hostIpv6Mode } from '../host/index.js';
import { endpointId } from './endpoint-id.js';
import type { ListedNetwork } from './network-list.js';

/** What Go calls zero: when the modes `host` and `none` were made. */
const NEVER = new Date('0001-01-01T00:00:00Z');

/** Describes a network under the names of Docker's API. */
export function describeNetwork({ id, name, driver, network }: ListedNetwork, endpoints: readonly Endpoint[]): object {
  const described = {
    Name: name,
    Id: id,
    Created: network?.created ?? NEVER,
    Scope: 'local',
    Driver: driver,
    EnableIPv4: network !== undefined,
    EnableIPv6: network !== undefined && hasIpv6(network),
    IPAM: {
      Driver: 'default',
      Options: network && !network.isDefault ? new TemplateMap(network.notes.ipamOptions ?? {}) : NIL_MAP,
      Config: network ? poolsOf(network) : NIL_LIST,
    },
    Internal: network?.internal ?? false,
    Attachable: network?.notes.attachable ?? false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: new TemplateMap(Object.fromEntries(endpoints.flatMap(entryOf)), null),
    Options: new TemplateMap(network ? optionsOf(network) : {}),
    Labels: new TemplateMap(network?.labels ?? {}),
    Peers: NIL_LIST,
    Services: NIL_MAP,
  };
  return withGoNames(omitEmpty(described, 'Peers', 'Services'), { ID: 'Id' });
}

function optionsOf({ bridge, mtu, notes }: Network): Readonly<Record<string, string>> {
  return {
    'com.docker.network.bridge.name': bridge,
    ...(notes.isolated && { 'com.docker.network.bridge.enable_icc': 'false' }),
    ...(mtu !== undefined && { 'com.docker.network.driver.mtu': String(mtu) }),
  };
}

function hasIpv6({ ipv6Subnet }: Network): boolean {
  return ipv6Subnet !== '' && hostIpv6Mode() !== 'none';
}

function poolsOf(network: Network): object[] {
  const { subnet, gateway, ipv6Subnet, ipv6Gateway, ipRange = '', auxAddresses } = network;
  const reserved = (isMeant: (address: string) => boolean): TemplateMap =>
    new TemplateMap(Object.fromEntries(Object.entries(auxAddresses).filter(([, address]) => isMeant(address))));
  const ipv4 = { Subnet: subnet, IPRange: ipRange, Gateway: gateway, AuxiliaryAddresses: reserved(isIPv4) };
  const ipv6 = {
    Subnet: ipv6Subnet,
    IPRange: '',
    Gateway: subnet && ipv6Gateway,
    AuxiliaryAddresses: reserved(isIPv6),
  };
  return [...(subnet ? [ipv4] : []), ...(hasIpv6(network) ? [ipv6] : [])].map((pool) =>
    omitEmpty(pool, 'IPRange', 'Gateway', 'AuxiliaryAddresses'),
  );
}

function entryOf(endpoint: Endpoint): [string, object][] {
  const { holder, names, address } = endpoint;
  if (!address) return [];
  const { macAddress, ipv4, prefixLength, ipv6 } = address;
  return [
    [
      holder,
      {
        Name: names[0] ?? '',
        EndpointID: endpointId(endpoint),
        MacAddress: macAddress,
        IPv4Address: `${ipv4}/${prefixLength}`,
        IPv6Address: ipv6 && `${ipv6}/64`,
      },
    ],
  ];
}
