import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gantry } from './gantry.js';
import type { Peer } from './peer.js';

export const IDLE_PLUGINS = 100;

/** Where this peer keeps things. */
export interface PluginPlaces {
  readonly plugins: string;
  readonly pidFile: string;
}

export function pluginPlaces(scratch: string): PluginPlaces {
  const root = join(scratch, 'gantry-plugins');
  return { plugins: join(root, 'dropped'), pidFile: join(root, 'run/gantry.pid') };
}

/** Gantry with a daemon that has 100 plugins in its folder, none of which is called. */
export function gantryPlugins(scratch: string): Peer {
  const { plugins } = pluginPlaces(scratch);
  const plain = gantry(scratch, { name: 'gantry-plugins', bridge: 'gbench2', subnet: '10.214.0.0/24' });
  return {
    ...plain,
    env: { ...plain.env, GANTRY_PLUGINS: plugins },
    argv: plain.argv,
    async start() {
      mkdirSync(plugins, { recursive: true, mode: 0o755 });
      for (let number = 1; number <= IDLE_PLUGINS; number++) {
        writeFileSync(join(plugins, `idle${number}.ts`), idlePlugin(number));
      }
      await plain.start.call(this);
    },
    version: () => `the same, with ${IDLE_PLUGINS} idle plugins`,
  };
}

function idlePlugin(number: number): string {
  return `import { Command, type CommandContext, Containers, Option, plugin } from 'gantry';

@Command({ name: 'idle${number}', summary: 'Do nothing, number ${number}', args: { min: 0, max: 1 } })
class Idle {
  @Option('-l, --loud', 'Say more') loud = false;
  @Option('--times', 'How often', { type: 'integer' }) times = 1;

  constructor(@Containers private readonly containers: Containers) {}

  async run({ stdout }: CommandContext): Promise<void> {
    for (const { name } of await this.containers.list()) stdout.write(name.repeat(this.times) + '\\n');
  }
}

export default plugin({ id: 'idle${number}', api: 1, rights: ['Containers.read'], commands: [Idle] });
`;
}
