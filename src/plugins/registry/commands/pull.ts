import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  write,
} from '../../../kernel/index.js';
import { canonicalName, familiarReference, parseReference, withDefaultTag } from '../../image/index.js';
import { loginOf, pullFor } from '../client/index.js';
import { Registries } from '../contracts/index.js';

@Command({
  name: 'pull',
  summary: 'Download an image from a registry',
  group: 'Common Commands',
  usage: '[OPTIONS] NAME[:TAG|@DIGEST]',
  args: { min: 1, max: 1, complete: ['image'] },
  examples: [
    ['docker pull busybox', 'Get the newest busybox of Docker Hub'],
    ['docker pull --platform linux/arm64 registry.example:5000/app:2', 'Get an image for another processor'],
  ],
  effects: ['write'],
})
export class PullCommand implements CommandHandler {
  @Option('-a, --all-tags', 'Download all tagged images in the repository')
  allTags = false;

  @Option('--platform', 'Set platform if server is multi-platform capable', { type: 'string' })
  platform = '';

  @Option('-q, --quiet', 'Suppress verbose output')
  quiet = false;

  @Option('--disable-content-trust', 'Skip image verification: signatures are not checked here', {
    shownDefault: 'true',
  })
  disableContentTrust = true;

  constructor(@Registries private readonly registries: Registries) {}

  async run(context: CommandContext): Promise<void> {
    const [name = ''] = context.args;
    const given = parseReference(name);
    if (!this.allTags) {
      if (!given.tag && !given.digest && !this.quiet) await write(context.stdout, 'Using default tag: latest\n');
      return this.#pull(familiarReference(withDefaultTag(given)), context);
    }
    if (given.tag || given.digest) throw new GantryError('usage', "tag can't be used with --all-tags/-a");
    const tags = await this.registries.tags(name, { login: loginOf(name, context), signal: context.gone });
    if (tags.length === 0) throw new GantryError('not found', `${name} has no tags`);
    for (const tag of tags) await this.#pull(`${familiarReference(given)}:${tag}`, context);
  }

  async #pull(name: string, context: CommandContext): Promise<void> {
    const { quiet, platform } = this;
    await pullFor(this.registries, name, context, { quiet, platform, to: 'stdout' });
    const reference = parseReference(name);
    const suffix = reference.digest ? `@${reference.digest}` : `:${reference.tag}`;
    await write(context.stdout, `${canonicalName(reference)}${suffix}\n`);
  }
}
