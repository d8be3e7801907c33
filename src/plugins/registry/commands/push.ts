import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  write,
} from '../../../kernel/index.js';
import {
  canonicalName,
  checkPlatform,
  familiarName,
  familiarReference,
  Graph,
  type ImageReader,
  parseReference,
  TagStore,
  withDefaultTag,
} from '../../image/index.js';
import { loginOf, progressFor } from '../client/index.js';
import { Registries } from '../contracts/index.js';
import { localImage } from '../transfers/index.js';

@Command({
  name: 'push',
  summary: 'Upload an image to a registry',
  group: 'Common Commands',
  usage: '[OPTIONS] NAME[:TAG]',
  args: { min: 1, max: 1, complete: ['image'] },
  examples: [['docker push registry.example:5000/app:2', 'Send an image to the registry in its name']],
  effects: ['write'],
})
export class PushCommand implements CommandHandler {
  @Option('-a, --all-tags', 'Push all tags of an image to the repository')
  allTags = false;

  @Option('-q, --quiet', 'Suppress verbose output')
  quiet = false;

  @Option('--platform', 'Push only an image of the given platform: OS/ARCH[/VARIANT]', { type: 'string' })
  platform = '';

  @Option('--disable-content-trust', 'Skip image signing: images are not signed here', { shownDefault: 'true' })
  disableContentTrust = true;

  constructor(
    @Registries private readonly registries: Registries,
    @TagStore private readonly tags: TagStore,
    @Graph private readonly graph: ImageReader,
  ) {}

  async run(context: CommandContext): Promise<void> {
    const [name = ''] = context.args;
    const given = parseReference(name);
    if (given.digest) throw new GantryError('usage', 'cannot push a digest reference');
    if (this.allTags && given.tag) throw new GantryError('usage', "tag can't be used with --all-tags/-a");
    // In 2013 a repository was pushed as a whole.
    const allTags = this.allTags || (context.protocol === 'v1' && !given.tag);
    const names = allTags ? this.#namesIn(familiarName(given)) : [familiarReference(withDefaultTag(given))];
    if (!this.quiet) await write(context.stdout, `The push refers to repository [${canonicalName(given)}]\n`);
    if (!allTags && !given.tag && !this.quiet) await write(context.stdout, 'Using default tag: latest\n');
    for (const one of names) await this.#push(one, context);
  }

  #namesIn(repository: string): readonly string[] {
    const names = this.tags
      .list()
      .flatMap((entry) => (entry.repository === repository ? [`${repository}:${entry.tag}`] : []));
    if (names.length > 0) return names;
    throw new GantryError('not found', `An image does not exist locally with the tag: ${repository}`);
  }

  async #push(name: string, context: CommandContext): Promise<void> {
    const reference = parseReference(name);
    checkPlatform(this.graph.get(localImage(this.tags, reference)), name, this.platform);
    const progress = progressFor(context, 'stdout', this.quiet);
    try {
      const options = { login: loginOf(name, context), signal: context.gone, progress };
      const { digest, size } = await this.registries.push(name, options);
      progress.say(`${reference.tag}: digest: ${digest} size: ${size}`);
    } finally {
      progress.end();
    }
    if (this.quiet) await write(context.stdout, `${canonicalName(reference)}:${reference.tag}\n`);
  }
}
