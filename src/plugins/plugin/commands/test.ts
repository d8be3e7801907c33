import { Command, type CommandContext, type CommandHandler } from '../../../kernel/index.js';
import { PluginWorkbench } from '../contracts.js';

@Command({
  name: 'plugin test',
  summary: "Run tests of plugins, without a daemon: the current folder's, or those named",
  group: 'Commands',
  usage: '[FILE...]',
  args: { min: 0, complete: ['file'] },
  examples: [['docker plugin test greet.test.ts', 'Run one file of tests']],
  effects: ['exec'],
})
export class PluginTest implements CommandHandler {
  constructor(@PluginWorkbench private readonly workbench: PluginWorkbench) {}

  run(context: CommandContext): Promise<number> {
    const { args, cwd, stdout, stderr, terminal, gone } = context;
    const files = args.map((file) => context.resolvePath(file));
    return this.workbench.test(cwd, files, { stdout, stderr, color: terminal.stdout, gone });
  }
}
