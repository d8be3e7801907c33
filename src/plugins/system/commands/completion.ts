import { Command, type CommandContext, type CommandHandler, GantryError, write } from '../../../kernel/index.js';
import { COMPLETION_SCRIPTS } from '../shells/index.js';

const SHELLS = Object.keys(COMPLETION_SCRIPTS);

@Command({
  name: 'completion',
  summary: 'Print what teaches a shell to complete docker commands',
  group: 'Commands',
  usage: 'bash|zsh|fish',
  args: { min: 1, max: 1, complete: [SHELLS] },
  examples: [
    ['source <(docker completion bash)', 'In ~/.bashrc: complete in bash'],
    ['source <(docker completion zsh)', 'In ~/.zshrc, after compinit: complete in zsh'],
    ['docker completion fish | source', 'In ~/.config/fish/config.fish: complete in fish'],
  ],
  effects: ['read'],
})
export class Completion implements CommandHandler {
  async run({ args: [shell = ''], stdout }: CommandContext): Promise<void> {
    const script = SHELLS.includes(shell) ? COMPLETION_SCRIPTS[shell] : undefined;
    if (!script) throw new GantryError('usage', `there is no completion for '${shell}': it is bash, zsh or fish`);
    await write(stdout, await script());
  }
}
