import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  plain,
  write,
} from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';

import { type ContainerReader, Runtime } from '../contracts/index.js';
import { commandLine } from '../rerun/index.js';

@Command({
  name: 'rerun',
  summary: 'Show the command line that would make a container again',
  group: 'Commands',
  usage: '--print CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['container'] },
  examples: [['docker rerun --print web', 'Print the `docker run` line for another one like web']],
  effects: ['read'],
})
export class Rerun implements CommandHandler {
  @Option('--print', 'Print the line, and run nothing: there is no other way as yet')
  print = false;

  constructor(
    @Runtime private readonly runtime: ContainerReader,
    @Graph private readonly graph: Graph,
  ) {}

  async run({ args, stdout }: CommandContext): Promise<void> {
    if (!this.print) {
      throw new GantryError('usage', 'rerun only prints as yet', { hint: 'Add --print, and run what it says' });
    }
    const lines = args.map((name) => this.#line(name));
    await write(stdout, lines.map((line) => `${line.split('\n').map(plain).join('\n')}\n`).join(''));
  }

  #line(name: string): string {
    const container = this.runtime.get(name);
    return commandLine(container, this.graph.get(container.config.imageId).config);
  }
}
