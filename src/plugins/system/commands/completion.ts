import { Command, type CommandContext, type CommandHandler, GantryError, write } from '../../../kernel/index.js';

const SHELLS = ['bash', 'zsh', 'fish'];

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
    await write(stdout, await scriptFor(shell));
  }
}

async function scriptFor(shell: string): Promise<string> {
  switch (shell) {
    case 'bash':
      return (await import('../shells/bash.js')).BASH;
    case 'zsh':
      return (await import('../shells/zsh.js')).ZSH;
    case 'fish':
      return (await import('../shells/fish.js')).FISH;
    default:
      throw new GantryError('usage', `there is no completion for '${shell}': it is bash, zsh or fish`);
  }
}
