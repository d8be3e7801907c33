import { type CommandContext, GantryError, plain, unlessKind, write } from '../../../kernel/index.js';
import {
  checkPlatform,
  familiarReference,
  type Graph,
  type Image,
  parseReference,
  withDefaultTag,
} from '../../image/index.js';
import { pullFor, type Registries } from '../../registry/index.js';

const POLICIES = ['always', 'missing', 'never'];

/** Flags of `docker run` about its image. */
interface PullFlags {
  readonly pull: string;
  readonly platform: string;
  readonly quiet: boolean;
}

/**
 * Finds the image for a new container, or pulls it and reports that on stderr.
 * @throws GantryError `usage` for an unknown policy, `not found`, and the errors of a pull
 */
export async function ensureImage(
  reference: string,
  { pull: given, platform, quiet }: PullFlags,
  context: CommandContext,
  { graph, registries }: { readonly graph: Graph; readonly registries: Registries },
): Promise<Image> {
  const pull = given || 'missing';
  if (!POLICIES.includes(pull)) {
    throw new GantryError('usage', `invalid pull option: '${pull}': must be one of "always", "missing" or "never"`);
  }
  const here = pull === 'always' ? undefined : find(graph, reference, { platform, isNeeded: pull === 'never' });
  if (here) return here;
  const name = familiarReference(withDefaultTag(parseReference(reference)));
  if (pull === 'missing' && !quiet) await write(context.stderr, `Unable to find image '${plain(name)}' locally\n`);
  const { image } = await pullFor(registries, name, context, { quiet, platform, to: 'stderr' });
  return image;
}

/** One for another machine than was asked for counts as missing. */
function find(
  graph: Graph,
  reference: string,
  { platform, isNeeded }: { readonly platform: string; readonly isNeeded: boolean },
): Image | undefined {
  return unlessKind(isNeeded ? [] : ['not found'], () => {
    const image = graph.get(reference);
    checkPlatform(image, reference, platform);
    return image;
  });
}
