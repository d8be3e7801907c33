import { Command, type CommandContext, type CommandHandler, inspectEach, Option } from '../../../kernel/index.js';
import { type Volume, Volumes } from '../contracts.js';

@Command({
  name: 'volume inspect',
  summary: 'Display detailed information on one or more volumes',
  group: 'Management Commands',
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  args: { min: 1, complete: ['volume'] },
  effects: ['read'],
})
export class VolumeInspect implements CommandHandler {
  @Option('-f, --format', "Format output: 'json', or a Go template", { type: 'string' })
  format = '';

  constructor(@Volumes private readonly volumes: Volumes) {}

  run(context: CommandContext): Promise<number> {
    return inspectEach(context, this.format, (name) => this.#describe(this.volumes.get(name)));
  }

  #describe({ name, path, created, labels }: Volume): object {
    return {
      CreatedAt: created.toISOString(),
      Driver: 'local',
      Labels: labels,
      Mountpoint: path,
      Name: name,
      Options: {},
      Scope: 'local',
      UsedBy: this.volumes.holdersOf(name),
    };
  }
}
