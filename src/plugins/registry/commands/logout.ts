import { Command, type CommandContext, type CommandHandler, GantryError, write } from '../../../kernel/index.js';
import { domainOf, loginKey } from '../distribution/index.js';

@Command({
  name: 'logout',
  summary: 'Log out from a registry',
  group: 'Common Commands',
  usage: '[SERVER]',
  args: { min: 0, max: 1, complete: [[]] },
  effects: ['destroy'],
})
export class Logout implements CommandHandler {
  async run({ args: [server = ''], logins, stdout }: CommandContext): Promise<void> {
    const key = loginKey(domainOf(server));
    if (!logins) throw new GantryError('unavailable', 'this client keeps no logins');
    const isGone = await logins.erase(key);
    await write(stdout, isGone ? `Removing login credentials for ${key}\n` : `Not logged in to ${key}\n`);
  }
}
