import { NIL_LIST, NIL_MAP, shortId, TemplateMap } from '../../../kernel/index.js';
import { type Endpoint, endpointId, type PortBinding } from '../../network/index.js';
import type { Container } from '../contracts/index.js';
import { publishedPorts } from '../views/index.js';

/** `NetworkSettings` of Docker's API. The fields beside `Networks` are of the network `bridge`. */
export function describeNetworkSettings(container: Container, endpoints: readonly Endpoint[]): object {
  const { id, pid, lease } = container;
  const onDefault = endpoints.find(({ network }) => network.isDefault);
  const networks = endpoints.map((endpoint) => [endpoint.network.name, describeEndpoint(container, endpoint)] as const);
  return {
    Bridge: '',
    SandboxID: pid > 0 && lease ? id : '',
    SandboxKey: pid > 0 && lease ? `/proc/${pid}/ns/net` : '',
    Ports: portsOf(container),
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: NIL_LIST,
    SecondaryIPv6Addresses: NIL_LIST,
    EndpointID: onDefault?.address ? endpointId(onDefault) : '',
    Gateway: lease?.gateway ?? '',
    GlobalIPv6Address: onDefault?.address?.ipv6 ?? '',
    GlobalIPv6PrefixLen: onDefault?.address?.ipv6 ? 64 : 0,
    IPAddress: lease?.address ?? '',
    IPPrefixLen: lease?.prefixLength ?? 0,
    IPv6Gateway: '',
    MacAddress: lease?.macAddress ?? '',
    Networks: new TemplateMap(Object.fromEntries(networks), null),
  };
}

function describeEndpoint({ id, name, config }: Container, endpoint: Endpoint): object {
  const { network, names, address } = endpoint;
  const asked = [{ ...config.networkWishes, network: config.network }, ...(config.moreNetworks ?? [])];
  const aliases = names.filter((each) => each !== name && each !== shortId(id));
  return {
    IPAMConfig: null,
    Links: NIL_LIST,
    Aliases: aliases.length > 0 ? aliases : NIL_LIST,
    MacAddress: address?.macAddress ?? '',
    DriverOpts: NIL_MAP,
    GwPriority: asked.find((one) => one.network === network.name)?.gatewayPriority ?? 0,
    NetworkID: network.id,
    EndpointID: address ? endpointId(endpoint) : '',
    Gateway: address ? network.gateway : '',
    IPAddress: address?.ipv4 ?? '',
    IPPrefixLen: address?.prefixLength ?? 0,
    IPv6Gateway: '',
    GlobalIPv6Address: address?.ipv6 ?? '',
    GlobalIPv6PrefixLen: address?.ipv6 ? 64 : 0,
    DNSNames: network.isDefault ? NIL_LIST : names,
  };
}

/** Where ports are published, while it runs; `null` for one that is exposed only. */
function portsOf(container: Container): TemplateMap {
  if (!container.lease) return new TemplateMap({}, NIL_LIST);
  const exposed = Object.keys(container.config.process.ExposedPorts ?? {}).map((port) => [port, NIL_LIST] as const);
  return new TemplateMap({ ...Object.fromEntries(exposed), ...byContainerPort(publishedPorts(container)) }, NIL_LIST);
}

/** `HostConfig.PortBindings`: the requested ports, whether it runs or not. */
export function describeRequestedPorts(ports: readonly PortBinding[]): TemplateMap {
  return new TemplateMap(byContainerPort(ports), NIL_LIST);
}

function byContainerPort(ports: readonly PortBinding[]): Record<string, object[]> {
  const byPort: Record<string, object[]> = {};
  for (const { containerPort, protocol, hostAddress, hostPort, lastHostPort } of ports) {
    const range = lastHostPort === undefined ? `${hostPort ?? ''}` : `${hostPort}-${lastHostPort}`;
    const key = `${containerPort}/${protocol}`;
    byPort[key] = [...(byPort[key] ?? []), { HostIp: hostAddress ?? '', HostPort: range }];
  }
  return byPort;
}
