import {
  Command,
  type CommandContext,
  type CommandHandler,
  type Finding,
  Option,
  plain,
  write,
} from '../../../kernel/index.js';
import { Checks } from '../contracts/index.js';

@Command({
  name: 'system check',
  summary: "Check the engine's state, and repair it",
  group: 'Commands',
  usage: '[OPTIONS]',
  args: { min: 0, max: 0 },
  examples: [
    ['docker system check', 'Say what is wrong, a line each'],
    ['docker system check --repair --dry-run', 'Say what would be done about it'],
    ['docker system check --repair --digests', 'Read every image, too, and repair what can be'],
  ],
  effects: ['destroy'],
})
export class SystemCheck implements CommandHandler {
  @Option('--repair', 'Repair what can be')
  repair = false;

  @Option('--digests', 'Read all layers and blobs, and compare them with their digests')
  digests = false;

  constructor(@Checks private readonly checks: Checks) {}

  /** Exits with 1 where something is wrong and was not repaired. */
  async run({ stdout }: CommandContext): Promise<number> {
    let found = 0;
    let left = 0;
    for await (const finding of this.checks.find({ digests: this.digests })) {
      const { isLeft, says } = this.repair ? await this.#repaired(finding) : { isLeft: true, says: remedy(finding) };
      found++;
      if (isLeft) left++;
      await write(stdout, `${plain(`${finding.object}: ${finding.problem}${says}`)}\n`);
    }
    if (found === 0) await write(stdout, 'All is well\n');
    return left > 0 ? 1 : 0;
  }

  async #repaired(finding: Finding): Promise<{ readonly isLeft: boolean; readonly says: string }> {
    try {
      await this.checks.repair(finding);
      return { isLeft: !finding.repair, says: finding.repair ? `: ${finding.repair.did}` : remedy(finding) };
    } catch (error) {
      return { isLeft: true, says: `: not repaired: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
}

function remedy({ hint }: Finding): string {
  return hint ? ` (${hint})` : '';
}
