import { Command, type CommandContext, type CommandHandler, write } from '../../../kernel/index.js';
import { PluginWorkbench } from '../contracts.js';

@Command({
  name: 'plugin new',
  summary: 'Begin a plugin in the current folder: a command, a test, and the types',
  group: 'Commands',
  usage: 'NAME',
  args: { min: 1, max: 1, complete: [[]] },
  examples: [['docker plugin new greet', 'Write greet.ts, greet.test.ts and gantry.d.ts']],
  effects: ['write'],
})
export class PluginNew implements CommandHandler {
  constructor(@PluginWorkbench private readonly workbench: PluginWorkbench) {}

  async run({ args, cwd, stdout }: CommandContext): Promise<void> {
    const [id = ''] = args;
    const written = await this.workbench.scaffold(cwd, id);
    await write(stdout, `Wrote ${written.join(', ')}.\n\n${next(id)}`);
  }
}

function next(id: string): string {
  return [
    `docker plugin test ${id}.test.ts    runs its test`,
    `docker plugin add ${id}.ts          gives it to the engine`,
    `docker ${id}                        runs it`,
    '',
  ].join('\n');
}
