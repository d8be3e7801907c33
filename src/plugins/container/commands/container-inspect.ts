import { Command, type CommandContext, type CommandHandler, inspectEach, Option } from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { Networks } from '../../network/index.js';
import { Volumes } from '../../volume/index.js';
import { type ContainerFilesystem, type ContainerReader, Runtime } from '../contracts/index.js';
import { inspectContainer } from '../inspection/index.js';

@Command({
  name: 'container inspect',
  summary: 'Display detailed information on one or more containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['container'] },
  examples: [["docker container inspect -s -f '{{.SizeRw}}' web", 'Print how many bytes web has written']],
  effects: ['read'],
})
export class ContainerInspect implements CommandHandler {
  @Option('-f, --format', "Format output: 'json', or a Go template", { type: 'string' })
  format = '';

  @Option('-s, --size', 'Display total file sizes')
  size = false;

  constructor(
    @Runtime private readonly runtime: ContainerFilesystem & ContainerReader,
    @Graph private readonly graph: Graph,
    @Volumes private readonly volumes: Volumes,
    @Networks private readonly networks: Networks,
  ) {}

  run(context: CommandContext): Promise<number> {
    const { runtime, graph, volumes, networks, size } = this;
    return inspectEach(context, this.format, (name) =>
      inspectContainer(name, { runtime, graph, volumes, networks }, { size }),
    );
  }
}
