import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  write,
} from '../../../kernel/index.js';
import { COMPLETION_SCRIPTS } from '../shells/index.js';

const SHELLS = Object.keys(COMPLETION_SCRIPTS);

/** In each script: the end of the call that answers. */
const ANSWER_END = '</dev/null)';
/** Descriptions stand behind tabs; the last line, a directive, keeps its own. */
const WITHOUT_DESCRIPTIONS = "</dev/null | sed '/^:/!s/\\t.*//')";

@Command({
  name: 'completion',
  summary: 'Print what teaches a shell to complete docker commands',
  group: 'Commands',
  usage: '[OPTIONS] bash|zsh|fish',
  args: { min: 1, max: 1, complete: [SHELLS] },
  examples: [
    ['source <(docker completion bash)', 'In ~/.bashrc: complete in bash'],
    ['source <(docker completion zsh)', 'In ~/.zshrc, after compinit: complete in zsh'],
    ['docker completion fish | source', 'In ~/.config/fish/config.fish: complete in fish'],
  ],
  effects: ['read'],
})
export class Completion implements CommandHandler {
  @Option('--no-descriptions', 'Complete without descriptions')
  noDescriptions = false;

  async run({ args: [shell = ''], stdout }: CommandContext): Promise<void> {
    const script = SHELLS.includes(shell) ? COMPLETION_SCRIPTS[shell] : undefined;
    if (!script) throw new GantryError('usage', `there is no completion for '${shell}': it is bash, zsh or fish`);
    const text = await script();
    await write(stdout, this.noDescriptions ? text.replace(ANSWER_END, WITHOUT_DESCRIPTIONS) : text);
  }
}
