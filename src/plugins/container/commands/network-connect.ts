import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  shortId,
} from '../../../kernel/index.js';
import { Networks } from '../../network/index.js';
import { type Container, type ContainerReader, Runtime } from '../contracts/index.js';
import { hasNetwork, parseLink } from '../parsers/index.js';

@Command({
  name: 'network connect',
  summary: 'Connect a container to a network',
  group: 'Commands',
  usage: '[OPTIONS] NETWORK CONTAINER',
  args: { min: 2, max: 2, complete: ['network', 'container'] },
  examples: [
    ['docker network connect --alias db backend postgres', 'Others on backend reach it as postgres and as db'],
  ],
  effects: ['write'],
})
export class NetworkConnect implements CommandHandler {
  @Option('--alias', 'Add network-scoped alias for the container', { type: 'list' })
  alias: string[] = [];

  @Option('--ip', 'IPv4 address (e.g., "172.30.100.104")', { type: 'string' })
  ip = '';

  @Option('--link', 'Add link to another container', { type: 'list', complete: 'running-container' })
  link: string[] = [];

  constructor(
    @Runtime private readonly runtime: ContainerReader,
    @Networks private readonly networks: Networks,
  ) {}

  async run({ args: [network = '', reference = ''] }: CommandContext): Promise<void> {
    const container = this.runtime.get(reference);
    refuseWithoutNetwork(container);
    await this.networks.join(container.id, {
      network,
      names: [container.name, shortId(container.id), ...this.alias],
      links: this.link
        .map(parseLink)
        .map((link) => ({ target: this.runtime.get(link.container).id, alias: link.alias })),
      ...(this.ip && { address: this.ip }),
    });
  }
}

function refuseWithoutNetwork({ config: { network } }: Container): void {
  if (hasNetwork(network)) return;
  const message =
    network === 'none'
      ? 'container cannot be connected to multiple networks with one of the networks in private (none) mode'
      : 'container sharing network namespace with another container or host cannot be connected to any other network';
  throw new GantryError('invalid', message);
}
