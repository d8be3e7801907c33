import { Command, type CommandContext, type CommandHandler, each, isKind, Option } from '../../../kernel/index.js';
import { Volumes } from '../contracts.js';

@Command({
  name: 'volume rm',
  summary: 'Remove one or more volumes',
  group: 'Management Commands',
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  args: { min: 1, complete: ['volume'] },
  effects: ['destroy'],
})
export class VolumeRm implements CommandHandler {
  @Option('-f, --force', 'Do not complain about a volume that is not there')
  force = false;

  constructor(@Volumes private readonly volumes: Volumes) {}

  run(context: CommandContext): Promise<number> {
    return each(context, async (name) => {
      try {
        await this.volumes.remove(name);
      } catch (error) {
        if (!this.force || !isKind(error, 'not found')) throw error;
      }
    });
  }
}
