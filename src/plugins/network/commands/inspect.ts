import { Command, type CommandContext, type CommandHandler, each, write } from '../../../kernel/index.js';
import { type Endpoint, type Network, Networks } from '../contracts.js';
import { ipv6Here, PREFIX_LENGTH, prefixOf } from '../ipv6.js';

@Command({
  name: 'network inspect',
  summary: 'Display detailed information on one or more networks',
  group: 'Commands',
  usage: 'NETWORK [NETWORK...]',
  args: { min: 1, complete: ['network'] },
  effects: ['read'],
})
export class NetworkInspect implements CommandHandler {
  constructor(@Networks private readonly networks: Networks) {}

  async run(context: CommandContext): Promise<number> {
    const found: object[] = [];
    const look = async (reference: string): Promise<void> => {
      const network = this.networks.get(reference);
      found.push(described(network, this.networks.endpoints({ network: network.id })));
    };
    const exitCode = await each(context, look, { print: false });
    await write(context.stdout, `${JSON.stringify(found, null, 4)}\n`);
    return exitCode;
  }
}

/** Under the names of Docker's API. */
function described(network: Network, endpoints: readonly Endpoint[]): object {
  const { subnet, gateway } = network;
  const ipv6Subnet = ipv6Here() === 'none' ? '' : `${prefixOf(network.id)}/${PREFIX_LENGTH}`;
  const pools = [
    ...(subnet ? [{ Subnet: subnet, Gateway: gateway }] : []),
    ...(ipv6Subnet ? [{ Subnet: ipv6Subnet }] : []),
  ];
  return {
    Name: network.name,
    Id: network.id,
    Created: network.created.toISOString(),
    Scope: 'local',
    Driver: 'bridge',
    EnableIPv6: ipv6Subnet !== '',
    IPAM: { Driver: 'default', Options: null, Config: pools },
    Internal: network.internal,
    Attachable: false,
    Ingress: false,
    Containers: Object.fromEntries(
      endpoints.flatMap(({ holder, names, place }) =>
        place
          ? [
              [
                holder,
                {
                  Name: names[0] ?? '',
                  MacAddress: place.macAddress,
                  IPv4Address: `${place.address}/${place.prefixLength}`,
                  IPv6Address: place.ipv6 && `${place.ipv6}/64`,
                },
              ],
            ]
          : [],
      ),
    ),
    Options: { 'com.docker.network.bridge.name': network.bridge },
    Labels: network.labels,
  };
}
