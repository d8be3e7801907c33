import { constants } from 'node:os';
import { Command, type CommandContext, type CommandHandler, each, GantryError, Option } from '../../../kernel/index.js';
import { Runtime } from '../contracts.js';

const HIGHEST_SIGNAL = 64;

@Command({
  name: 'kill',
  summary: 'Kill one or more running containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1 },
  examples: [['docker kill -s HUP web', 'Send SIGHUP to the first process of web']],
  effects: ['write'],
})
export class Kill implements CommandHandler {
  @Option('-s, --signal', 'Signal to send to the container', { type: 'string', shownDefault: 'KILL' })
  signal = 'KILL';

  constructor(@Runtime private readonly runtime: Runtime) {}

  run(context: CommandContext): Promise<number> {
    const signal = parseSignal(this.signal);
    return each(context, async (name) => {
      const { id } = this.runtime.get(name);
      await this.runtime.kill(name, signal);
      if (signal === 'SIGKILL' || signal === constants.signals.SIGKILL) await this.runtime.wait(id);
    });
  }
}

/** A name with or without SIG in any case, or a number. @throws GantryError `usage`, in Docker's words */
export function parseSignal(text: string): NodeJS.Signals | number {
  const number = /^\d+$/.test(text) ? Number(text) : undefined;
  if (number !== undefined && number > 0 && number <= HIGHEST_SIGNAL) return number;
  const name = `SIG${text.toUpperCase().replace(/^SIG/, '')}`;
  if (Object.hasOwn(constants.signals, name)) return name as NodeJS.Signals;
  throw new GantryError('usage', `Invalid signal: ${text}`);
}
