import {
  Command,
  type CommandContext,
  type CommandHandler,
  compileTemplate,
  each,
  Option,
  write,
} from '../../../kernel/index.js';
import { type Endpoint, type Network, Networks } from '../contracts.js';
import { hostIpv6Mode, ipv6Prefix, PREFIX_LENGTH } from '../ipv6.js';
import { type ListedNetwork, listedNetwork } from '../listed-networks.js';

@Command({
  name: 'network inspect',
  summary: 'Display detailed information on one or more networks',
  group: 'Commands',
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  args: { min: 1, complete: ['network'] },
  effects: ['read'],
})
export class NetworkInspect implements CommandHandler {
  @Option('-f, --format', "Format output: 'json', or a Go template", { type: 'string' })
  format = '';

  constructor(@Networks private readonly networks: Networks) {}

  async run(context: CommandContext): Promise<number> {
    const found: object[] = [];
    const look = async (reference: string): Promise<void> => {
      const network = listedNetwork(this.networks, reference);
      const endpoints = network.network ? this.networks.endpoints({ network: network.id }) : [];
      found.push(described(network, endpoints));
    };
    const exitCode = await each(context, look, { print: false });
    await write(context.stdout, this.#shown(found));
    return exitCode;
  }

  #shown(found: readonly object[]): string {
    if (this.format === '') return `${JSON.stringify(found, null, 4)}\n`;
    if (this.format.trim() === 'json') return `${JSON.stringify(found)}\n`;
    const template = compileTemplate(this.format);
    return found.map((one) => `${template.render(one)}\n`).join('');
  }
}

/** Under the names of Docker's API. */
function described({ id, name, driver, network }: ListedNetwork, endpoints: readonly Endpoint[]): object {
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
