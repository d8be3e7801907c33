import { Command, type CommandContext, type CommandHandler, Option, write } from '../../../kernel/index.js';
import { Runtime } from '../contracts.js';

@Command({
  name: 'logs',
  summary: 'Fetch the logs of a container',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER',
  args: { min: 1, max: 1, complete: ['container'] },
  examples: [['docker logs -f web', 'Print what web has written, and go on with what it writes']],
  effects: ['read'],
})
export class Logs implements CommandHandler {
  @Option('-f, --follow', 'Follow log output')
  follow = false;

  constructor(@Runtime private readonly runtime: Runtime) {}

  async run({ args: [name = ''], stdout, stderr, gone }: CommandContext): Promise<void> {
    const streams = { stdout, stderr };
    await this.runtime.logs(name, (stream, chunk) => write(streams[stream], chunk), {
      follow: this.follow,
      signal: gone,
    });
  }
}
