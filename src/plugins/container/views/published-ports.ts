import type { PublishedPort } from '../../network/index.js';
import type { Container } from '../contracts/index.js';

const EVERY_IPV6 = '::';

/** The published ports of a running container, once for each address of the host that they have: `::` stands for all of IPv6. */
export function publishedPorts({ lease }: Pick<Container, 'lease'>): PublishedPort[] {
  return (lease?.ports ?? []).flatMap((port) =>
    port.everyFamily ? [port, { ...port, hostAddress: EVERY_IPV6 }] : [port],
  );
}
