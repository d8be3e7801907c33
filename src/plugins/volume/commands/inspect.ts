import { Command, type CommandContext, type CommandHandler, inspectEach, Option } from '../../../kernel/index.js';
import { Volumes } from '../contracts.js';
import { describeVolume } from '../describe-volume.js';

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
    return inspectEach(context, this.format, (name) =>
      describeVolume(this.volumes.get(name), this.volumes.holdersOf(name)),
    );
  }
}
