import { Command, type CommandContext, type CommandHandler, isKind, plain, write } from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { Networks } from '../../network/index.js';
import { Runtime } from '../contracts.js';
import { describeContainer, describeImage } from '../inspection.js';

@Command({
  name: 'inspect',
  summary: 'Return low-level information on containers and images',
  group: 'Commands',
  usage: 'NAME|ID [NAME|ID...]',
  args: { min: 1, complete: ['container|image'] },
  examples: [['docker inspect web', 'Print all that is known of web, as JSON']],
  effects: ['read'],
})
export class Inspect implements CommandHandler {
  constructor(
    @Runtime private readonly runtime: Runtime,
    @Graph private readonly graph: Graph,
    @Networks private readonly networks: Networks,
  ) {}

  async run({ args, stdout, stderr }: CommandContext): Promise<number> {
    const found: object[] = [];
    let missing = '';
    for (const name of args) {
      const description = this.#describe(name);
      if (description) found.push(description);
      else missing += `Error: No such object: ${plain(name)}\n`;
    }
    await write(stdout, `${JSON.stringify(found, undefined, 4)}\n`);
    await write(stderr, missing);
    return missing ? 1 : 0;
  }

  #describe(name: string): object | undefined {
    const container = unlessMissing(() => this.runtime.get(name));
    if (container) {
      const endpoints = this.networks.endpoints({ holder: container.id });
      return describeContainer(container, this.runtime.upperOf(container.id), endpoints);
    }
    const image = unlessMissing(() => this.graph.get(name));
    return image && describeImage(image);
  }
}

function unlessMissing<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (isKind(error, 'not found') || isKind(error, 'invalid')) return undefined;
    throw error;
  }
}
