import {
  Command,
  type CommandContext,
  type CommandHandler,
  EFFECTS,
  type Effect,
  GantryError,
  Option,
  permitted,
  write,
} from '../../../kernel/index.js';
import { RestrictedSockets } from '../contracts/index.js';

@Command({
  name: 'socket create',
  summary: 'Create a socket over which only some commands can be called',
  group: 'Management Commands',
  usage: '[OPTIONS] PATH',
  args: { min: 1, max: 1, complete: ['file'] },
  examples: [
    ['docker socket create /run/watch.sock', 'Callers there can look, and change nothing'],
    ['docker socket create --allow write,exec /run/ci.sock', 'They can make and run things, and remove none'],
  ],
  effects: EFFECTS,
})
export class SocketCreate implements CommandHandler {
  @Option('--allow', 'What its callers may do: read, write, exec, destroy', {
    type: 'list',
    value: 'effects',
    shownDefault: 'read',
    complete: EFFECTS,
  })
  allow: string[] = ['read'];

  @Option('--mode', 'Permissions of the socket file', { type: 'string', value: 'octal', shownDefault: '0660' })
  mode = '0660';

  constructor(@RestrictedSockets private readonly sockets: RestrictedSockets) {}

  async run(context: CommandContext): Promise<void> {
    const allow = permitted(this.allow.flatMap((list) => list.split(',')).map(effectOf));
    const mode = modeOf(this.mode);
    const [path = ''] = context.args;
    if (path === '') throw new GantryError('invalid', 'a socket needs a path');
    context.needsDaemon();
    const absolute = context.resolvePath(path);
    await this.sockets.create({ path: absolute, allow, mode });
    await write(context.stdout, `${absolute}\n`);
  }
}

function effectOf(word: string): Effect {
  const effect = EFFECTS.find((known) => known === word);
  if (!effect)
    throw new GantryError(
      'usage',
      `invalid argument ${JSON.stringify(word)} for "--allow" flag: must be read, write, exec or destroy`,
    );
  return effect;
}

function modeOf(text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) {
    throw new GantryError(
      'usage',
      `invalid argument ${JSON.stringify(text)} for "--mode" flag: must be three octal digits`,
    );
  }
  return Number.parseInt(text, 8);
}
