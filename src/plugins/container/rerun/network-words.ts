import type { ImageConfig } from '../../image/index.js';
import type { ContainerConfig, NetworkAttachment } from '../contracts/index.js';
import { repeated, text } from './flag-words.js';

/** The networks and ports of a container as flags of `docker run`. @param image its configuration, whose ports need no flag */
export function networkWords(config: ContainerConfig, image: ImageConfig): string[] {
  const { network, networkWishes, moreNetworks = [], ports } = config;
  const { aliases = [], links = [], address, macAddress, gatewayPriority } = networkWishes ?? {};
  const isPlain = network === 'bridge' && moreNetworks.length === 0;
  const first = gatewayPriority === undefined ? network : `name=${network},gw-priority=${gatewayPriority}`;
  return [
    ...(isPlain && gatewayPriority === undefined ? [] : ['--network', first]),
    ...repeated('--network', moreNetworks.map(formatNetwork)),
    ...repeated('--network-alias', aliases),
    ...text('--ip', address),
    ...text('--mac-address', macAddress),
    ...repeated(
      '--link',
      links.map(({ container, alias }) => (alias === container ? container : `${container}:${alias}`)),
    ),
    ...repeated('-p', ports.map(formatPort)),
    ...repeated('--expose', exposedPorts(config, image)),
  ];
}

function formatNetwork({ network, aliases, address, macAddress, gatewayPriority }: NetworkAttachment): string {
  const fields = [
    ...aliases.map((alias) => `alias=${alias}`),
    ...(address === undefined ? [] : [`ip=${address}`]),
    ...(macAddress === undefined ? [] : [`mac-address=${macAddress}`]),
    ...(gatewayPriority === undefined ? [] : [`gw-priority=${gatewayPriority}`]),
  ];
  return fields.length === 0 ? network : [`name=${network}`, ...fields].join(',');
}

function exposedPorts({ process, ports }: ContainerConfig, image: ImageConfig): string[] {
  const published = new Set(ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`));
  return Object.keys(process.ExposedPorts ?? {}).filter((port) => !image.ExposedPorts?.[port] && !published.has(port));
}

function formatPort({
  hostAddress,
  hostPort,
  lastHostPort,
  containerPort,
  protocol,
}: ContainerConfig['ports'][number]) {
  const range = lastHostPort === undefined ? `${hostPort ?? ''}` : `${hostPort}-${lastHostPort}`;
  const address = hostAddress?.includes(':') ? `[${hostAddress}]` : hostAddress;
  const host = address ? `${address}:${range}:` : range === '' ? '' : `${range}:`;
  return `${host}${containerPort}${protocol === 'tcp' ? '' : `/${protocol}`}`;
}
