import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  parseLabels,
  write,
} from '../../../kernel/index.js';
import { Volumes } from '../contracts.js';

@Command({
  name: 'volume create',
  summary: 'Create a volume',
  group: 'Management Commands',
  usage: '[OPTIONS] [VOLUME]',
  args: { min: 0, max: 1, complete: [[]] },
  effects: ['write'],
})
export class VolumeCreate implements CommandHandler {
  @Option('-d, --driver', 'Specify volume driver name: there is one', {
    type: 'string',
    shownDefault: 'local',
    complete: ['local'],
  })
  driver = 'local';

  @Option('--label', 'Set metadata for a volume', { type: 'list' })
  label: string[] = [];

  @Option('--name', 'Volume name', { type: 'string', hidden: true })
  name = '';

  constructor(@Volumes private readonly volumes: Volumes) {}

  async run({ args, stdout }: CommandContext): Promise<void> {
    if (this.name !== '' && args.length > 0) {
      throw new GantryError(
        'usage',
        'conflicting options: cannot specify a volume-name through both --name and as a positional arg',
      );
    }
    const [name = this.name] = args;
    if (this.driver !== 'local') {
      throw new GantryError('not found', `plugin "${this.driver}" not found`, { hint: 'The driver is local' });
    }
    const volume = this.volumes.ensure(name, parseLabels(this.label));
    await write(stdout, `${volume.name}\n`);
  }
}
