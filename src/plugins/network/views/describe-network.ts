import { NIL_LIST, NIL_MAP, omitEmpty, TemplateMap, withGoNames } from '../../../kernel/index.js';
import { ipv6Prefix, PREFIX_LENGTH } from '../addresses/index.js';
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
    EnableIPv6: network !== undefined && hostIpv6Mode() !== 'none',
    IPAM: { Driver: 'default', Options: NIL_MAP, Config: network ? poolsOf(network) : NIL_LIST },
    Internal: network?.internal ?? false,
    Attachable: false,
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

function optionsOf({ bridge, mtu }: Network): Readonly<Record<string, string>> {
  return {
    'com.docker.network.bridge.name': bridge,
    ...(mtu !== undefined && { 'com.docker.network.driver.mtu': String(mtu) }),
  };
}

function poolsOf({ id, subnet, gateway }: Network): object[] {
  const ipv6 = hostIpv6Mode() === 'none' ? [] : [pool(`${ipv6Prefix(id)}/${PREFIX_LENGTH}`, '')];
  return [...(subnet ? [pool(subnet, gateway)] : []), ...ipv6];
}

function pool(subnet: string, gateway: string): object {
  const fields = { Subnet: subnet, IPRange: '', Gateway: gateway, AuxiliaryAddresses: NIL_MAP };
  return omitEmpty(fields, 'IPRange', 'Gateway', 'AuxiliaryAddresses');
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
