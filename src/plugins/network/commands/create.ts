import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  parseLabels,
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
    [
      'docker network create --subnet 10.6.0.0/16 --ip-range 10.6.1.0/24 --subnet fd00:6::/64 lab',
      'Choose the addresses of both families',
    ],
  ],
  effects: ['write'],
})
export class NetworkCreate implements CommandHandler {
  @Option('--attachable', 'Accepted for the sake of scripts: containers can always be connected')
  attachable = false;

  @Option('--aux-address', 'Addresses that no container gets, as NAME=ADDRESS', { type: 'list', value: 'map' })
  auxAddress: string[] = [];

  @Option('-d, --driver', 'Driver to manage the network', { type: 'string', complete: ['bridge'] })
  driver = 'bridge';

  @Option('--gateway', 'IPv4 or IPv6 gateway for the subnet', { type: 'list', value: 'strings' })
  gateway: string[] = [];

  @Option('--internal', 'Restrict external access to the network')
  internal = false;

  @Option('--ip-range', 'Allocate container IPv4 addresses from a sub-range', { type: 'list', value: 'strings' })
  ipRange: string[] = [];

  @Option('--ipam-driver', 'IP address management driver: there is one', {
    type: 'string',
    shownDefault: 'default',
    complete: ['default'],
  })
  ipamDriver = 'default';

  @Option('--ipam-opt', 'Set IPAM driver specific options, for other programs', { type: 'list', value: 'map' })
  ipamOpt: string[] = [];

  @Option('--ipv4', 'Enable IPv4 address assignment: it always is', { shownDefault: 'true' })
  ipv4 = true;

  @Option('--ipv6', 'Enable or disable IPv6 address assignment', { shownDefault: 'true' })
  ipv6 = true;

  @Option('--label', 'Set metadata on a network', { type: 'list' })
  label: string[] = [];

  @Option(
    '-o, --opt',
    'Set driver specific options: com.docker.network.driver.mtu=BYTES, com.docker.network.bridge.enable_icc=false',
    { type: 'list' },
  )
  opt: string[] = [];

  @Option('--scope', "Control the network's scope: there is one", {
    type: 'string',
    shownDefault: 'local',
    complete: ['local'],
  })
  scope = 'local';

  @Option('--subnet', 'Subnet in CIDR format, one of IPv4 and one of IPv6', { type: 'list', value: 'strings' })
  subnet: string[] = [];

  constructor(@Networks private readonly networks: Networks) {}

  async run({ args: [name = ''], stdout }: CommandContext): Promise<void> {
    this.#refuseOthers();
    const subnet = oneOf(this.subnet, 'subnet', isIpv4);
    const ipv6Subnet = oneOf(this.subnet, 'subnet', isIpv6);
    if (ipv6Subnet !== undefined && !this.ipv6) {
      throw new GantryError('invalid', `the network has no IPv6, and a subnet of it: ${ipv6Subnet}`);
    }
    const { mtu, isolated, bridge } = driverOptions(this.opt);
    const { id } = await this.networks.create({
      name,
      subnet,
      gateway: oneOf(this.gateway, 'gateway', isIpv4),
      ipv6Subnet: this.ipv6 ? ipv6Subnet : '',
      ipv6Gateway: oneOf(this.gateway, 'gateway', isIpv6),
      ipRange: oneOf(this.ipRange, 'ip-range', () => true),
      auxAddresses: pairs(this.auxAddress, 'aux-address'),
      internal: this.internal,
      labels: parseLabels(this.label),
      mtu,
      bridge,
      notes: {
        ...(isolated && { isolated }),
        ...(this.attachable && { attachable: true }),
        ...(this.ipamOpt.length > 0 && { ipamOptions: pairs(this.ipamOpt, 'ipam-opt') }),
      },
    });
    await write(stdout, `${id}\n`);
  }

  #refuseOthers(): void {
    if (this.driver !== 'bridge') {
      throw new GantryError('invalid', `plugin "${this.driver}" not found`, {
        hint: 'The driver of all networks is bridge',
      });
    }
    if (this.ipamDriver !== 'default') {
      throw new GantryError('invalid', `invalid ipam driver: ${this.ipamDriver}`, { hint: 'It is default' });
    }
    if (this.scope !== 'local') {
      throw new GantryError('invalid', `invalid scope: ${this.scope}`, {
        hint: 'Networks are those of one host: local',
      });
    }
    if (!this.ipv4) throw new GantryError('invalid', 'a network without IPv4 cannot be made');
  }
}

const isIpv6 = (value: string): boolean => value.includes(':');
const isIpv4 = (value: string): boolean => !isIpv6(value);

/** The one value of a family. Docker's bridges have one subnet of each, too. */
function oneOf(values: readonly string[], flag: string, isMeant: (value: string) => boolean): string | undefined {
  const [first, second] = values.flatMap((value) => value.split(',')).filter(isMeant);
  if (second === undefined) return first;
  throw new GantryError('invalid', `bridge driver does not support multiple ${flag}s: ${first} and ${second}`, {
    hint: 'Give one of IPv4, and one of IPv6',
  });
}

function pairs(entries: readonly string[], flag: string): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf('=');
      if (at > 0) return [entry.slice(0, at), entry.slice(at + 1)];
      throw new GantryError(
        'usage',
        `invalid argument ${JSON.stringify(entry)} for "--${flag}" flag: must be NAME=VALUE`,
      );
    }),
  );
}

const MTU = 'com.docker.network.driver.mtu';
const ICC = 'com.docker.network.bridge.enable_icc';
const NAME = 'com.docker.network.bridge.name';

interface DriverOptions {
  readonly mtu?: number;
  /** Containers do not reach each other. */
  readonly isolated?: boolean;
  readonly bridge?: string;
}

function driverOptions(options: readonly string[]): DriverOptions {
  return Object.assign({}, ...options.map(driverOption));
}

function driverOption(option: string): DriverOptions {
  const [key, value = ''] = option.split('=', 2);
  switch (key) {
    case MTU:
      return { mtu: /^\d+$/.test(value) ? Number(value) : Number.NaN };
    case ICC:
      return { isolated: isFalse(key, value) };
    case NAME:
      return { bridge: value };
    default:
      throw new GantryError('invalid', `unknown option ${key}`, {
        hint: `The driver has ${MTU}=BYTES, ${ICC}=false and ${NAME}=NAME`,
      });
  }
}

function isFalse(key: string, value: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return false;
  if (/^(0|f|false)$/i.test(value)) return true;
  throw new GantryError('invalid', `invalid value of ${key}: ${JSON.stringify(value)}`, { hint: 'true or false' });
}
