import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  write,
} from '../../../kernel/index.js';
import { Networks } from '../contracts/index.js';

@Command({
  name: 'network create',
  summary: 'Create a network',
  group: 'Commands',
  usage: '[OPTIONS] NETWORK',
  args: { min: 1, max: 1 },
  examples: [
    ['docker network create backend', 'Containers on it reach each other by name'],
    [
      'docker network create -o com.docker.network.driver.mtu=65535 fast',
      'Let packets between its containers be large',
    ],
    ['docker network create --internal --subnet 10.5.0.0/24 db', 'Keep one away from the world'],
  ],
  effects: ['write'],
})
export class NetworkCreate implements CommandHandler {
  @Option('-d, --driver', 'Driver to manage the network', { type: 'string', complete: ['bridge'] })
  driver = 'bridge';

  @Option('--subnet', 'Subnet in CIDR format that represents a network segment', { type: 'string' })
  subnet: string | undefined = undefined;

  @Option('--gateway', 'IPv4 gateway for the subnet', { type: 'string' })
  gateway: string | undefined = undefined;

  @Option('--internal', 'Restrict external access to the network')
  internal = false;

  @Option('-o, --opt', 'Set driver specific options: com.docker.network.driver.mtu=BYTES', { type: 'list' })
  opt: string[] = [];

  @Option('--label', 'Set metadata on a network', { type: 'list' })
  label: string[] = [];

  constructor(@Networks private readonly networks: Networks) {}

  async run({ args: [name = ''], stdout }: CommandContext): Promise<void> {
    if (this.driver !== 'bridge') {
      throw new GantryError('invalid', `plugin "${this.driver}" not found`, {
        hint: 'The driver of all networks is bridge',
      });
    }
    const { subnet, gateway, internal } = this;
    const { id } = await this.networks.create({
      name,
      subnet,
      gateway,
      internal,
      labels: labelsOf(this.label),
      mtu: mtuOf(this.opt),
    });
    await write(stdout, `${id}\n`);
  }
}

const MTU = 'com.docker.network.driver.mtu';

function mtuOf(options: readonly string[]): number | undefined {
  let mtu: number | undefined;
  for (const option of options) {
    const [key, value = ''] = option.split('=', 2);
    if (key !== MTU) {
      throw new GantryError('invalid', `unknown option ${key}`, { hint: `The driver has ${MTU}=BYTES` });
    }
    mtu = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  }
  return mtu;
}

function labelsOf(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const [key = ''] = entry.split('=', 1);
      if (key === '') throw new GantryError('usage', `invalid label '${entry}': empty name`);
      return [key, entry.slice(key.length + 1)];
    }),
  );
}
