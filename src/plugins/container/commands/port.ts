import { Command, type CommandContext, type CommandHandler, GantryError, write } from '../../../kernel/index.js';
import { type PublishedPort, socketAddress } from '../../network/index.js';
import { type ContainerReader, Runtime } from '../contracts/index.js';
import { publishedPorts } from '../views/index.js';

const MAX_PORT = 65_535;

@Command({
  name: 'port',
  summary: 'List port mappings or a specific mapping for the container',
  group: 'Commands',
  usage: 'CONTAINER [PRIVATE_PORT[/PROTO]]',
  args: { min: 1, max: 2, complete: ['running-container', []] },
  examples: [['docker port web 80', 'Print where port 80 of web is published']],
  effects: ['read'],
})
export class Port implements CommandHandler {
  constructor(@Runtime private readonly runtime: ContainerReader) {}

  async run({ args: [name = '', wanted], stdout, protocol }: CommandContext): Promise<void> {
    const ports = publishedPorts(this.runtime.get(name));
    const lines =
      wanted === undefined
        ? ports.map((port) => `${port.containerPort}/${port.protocol} -> ${hostSide(port)}`)
        : matching(ports, wanted, name).map(protocol === 'v1' ? ({ hostPort }) => String(hostPort) : hostSide);
    await write(stdout, lines.map((line) => `${line}\n`).join(''));
  }
}

function matching(ports: readonly PublishedPort[], wanted: string, name: string): PublishedPort[] {
  const [port = '', protocol = 'tcp'] = wanted.split('/');
  if (!/^\d{1,5}$/.test(port) || Number(port) > MAX_PORT) throw new GantryError('invalid', `invalid port (${wanted})`);
  const found = ports.filter((one) => one.containerPort === Number(port) && one.protocol === protocol);
  if (found.length === 0) throw new GantryError('not found', `No public port '${wanted}' published for ${name}`);
  return found;
}

function hostSide({ hostAddress, hostPort }: PublishedPort): string {
  return socketAddress(hostAddress, hostPort);
}
