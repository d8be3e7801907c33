import { Command, type CommandContext, type CommandHandler, Option, table, write } from '../../../kernel/index.js';
import { Volumes } from '../contracts.js';

@Command({
  name: 'volume ls',
  summary: 'List volumes',
  group: 'Management Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  effects: ['read'],
})
export class VolumeLs implements CommandHandler {
  @Option('-q, --quiet', 'Only display volume names')
  quiet = false;

  constructor(@Volumes private readonly volumes: Volumes) {}

  async run({ stdout }: CommandContext): Promise<void> {
    const names = this.volumes.list().map(({ name }) => name);
    const text = this.quiet
      ? names.map((name) => `${name}\n`).join('')
      : table(
          ['DRIVER', 'VOLUME NAME'],
          names.map((name) => ['local', name]),
        );
    await write(stdout, text);
  }
}
