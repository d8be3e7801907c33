import { Command, type CommandContext, type CommandHandler, plain, write } from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { type ContainerFilesystem, type ContainerReader, Runtime } from '../contracts/index.js';
import { callerOf } from '../operations/index.js';

@Command({
  name: 'diff',
  summary: "Inspect changes to files or directories on a container's filesystem",
  group: 'Commands',
  usage: 'CONTAINER',
  args: { min: 1, max: 1, complete: ['container'] },
  effects: ['read'],
})
export class Diff implements CommandHandler {
  constructor(
    @Runtime private readonly runtime: ContainerFilesystem & ContainerReader,
    @Graph private readonly graph: Graph,
  ) {}

  async run(context: CommandContext): Promise<void> {
    const { stdout } = context;
    const { id, config } = this.runtime.get(context.args[0] ?? '');
    await using _held = await this.runtime.holdFiles(id, { pause: false, ...callerOf(context) });
    for await (const { kind, path } of this.graph.changes(config.imageId, this.runtime.upperDir(id))) {
      await write(stdout, `${kind} ${plain(path)}\n`);
    }
  }
}
