import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  write,
} from '../../../kernel/index.js';
import { Runtime } from '../contracts.js';

@Command({
  name: 'cp',
  summary: 'Copy files/folders between a container and a tar stream, or two containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER:SRC_PATH|- CONTAINER:DEST_PATH|-',
  args: { min: 2, max: 2, complete: ['container'] },
  examples: [
    ['docker cp web:/var/log - | tar -x', 'Take a folder out of web, running or not'],
    ['tar -c site | docker cp - web:/www', 'Put a folder into web'],
    ['docker cp web:/etc/motd db:/etc', 'Copy from one container to another'],
  ],
  effects: ['read', 'write'],
})
export class Cp implements CommandHandler {
  @Option('-L, --follow-link', 'Always follow symbol link in SRC_PATH')
  followLink = false;

  constructor(@Runtime private readonly runtime: Runtime) {}

  async run({ args: [from = '', to = ''], stdin, stdout }: CommandContext): Promise<void> {
    const source = placeIn(from);
    const target = placeIn(to);
    const archive = source
      ? await this.runtime.archive(this.runtime.get(source.container).id, source.path, { follow: this.followLink })
      : stdin;
    if (target) return this.runtime.unpack(this.runtime.get(target.container).id, target.path, archive);
    if (!source) throw new GantryError('usage', 'must specify at least one container source');
    for await (const chunk of archive) {
      if (stdout.destroyed) return;
      await write(stdout, chunk as Uint8Array);
    }
  }
}

/** `CONTAINER:PATH`; undefined for `-`. @throws GantryError `invalid` for a path of the client */
function placeIn(word: string): { readonly container: string; readonly path: string } | undefined {
  if (word === '-') return undefined;
  const at = word.indexOf(':');
  if (at > 0 && !/^[./]/.test(word)) return { container: word.slice(0, at), path: word.slice(at + 1) };
  throw new GantryError('invalid', `${word} is a path of the client, which cp does not reach`, {
    hint: "Give '-' for a tar stream, and pipe it into or out of tar",
  });
}
