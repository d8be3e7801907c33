import { Command, type CommandContext, type CommandHandler, write } from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { Registries } from '../../registry/index.js';
import { configFromFlags } from '../config/index.js';
import { Runtime } from '../contracts/index.js';
import { ContainerFlags } from '../flags/index.js';
import { createContainer, ensureImage } from '../operations/index.js';

@Command({
  name: 'create',
  summary: 'Create a new container',
  group: 'Commands',
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  args: { min: 1, complete: ['image', []] },
  stopsAtFirst: true,
  examples: [['docker create --name job busybox make', 'Make a container, to be started by `docker start job`']],
  effects: ['write'],
})
export class Create extends ContainerFlags implements CommandHandler {
  constructor(
    @Runtime private readonly runtime: Runtime,
    @Graph private readonly graph: Graph,
    @Registries private readonly registries: Registries,
  ) {
    super();
  }

  async run(context: CommandContext): Promise<void> {
    const [reference = '', ...command] = context.args;
    const image = await ensureImage(reference, this, context, { graph: this.graph, registries: this.registries });
    const config = await configFromFlags(this, image, reference, command, context);
    const { id } = await createContainer(this.runtime, this, config, context);
    await write(context.stdout, `${id}\n`);
  }
}
