import { Command, type CommandContext, type CommandHandler, table, write } from '../../../kernel/index.js';
import { type ContainerReader, Runtime } from '../contracts/index.js';
import { processTable } from '../host/index.js';

@Command({
  name: 'top',
  summary: 'Display the running processes of a container',
  group: 'Commands',
  usage: 'CONTAINER [ps OPTIONS]',
  args: { min: 1, complete: ['running-container', []] },
  stopsAtFirst: true,
  examples: [['docker top web -o pid,rss,args', 'Say how much memory the processes of web use']],
  effects: ['read'],
})
export class Top implements CommandHandler {
  constructor(@Runtime private readonly runtime: ContainerReader) {}

  async run({ args: [name = '', ...options], stdout }: CommandContext): Promise<void> {
    const { header, rows } = await processTable(options, this.runtime.pids(name));
    await write(stdout, table(header, rows));
  }
}
