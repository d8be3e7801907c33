import { type CommandContext, plain } from '../../../kernel/index.js';
import { parseReference } from '../../image/index.js';
import type { Pulled, Registries } from '../contracts/index.js';
import { loginOf } from './client-login.js';
import { progressFor } from './pull-progress.js';

interface PullDisplay {
  readonly quiet: boolean;
  /** `linux/arm64`; empty: this host's. */
  readonly platform: string;
  /** The stream for progress. */
  readonly to: 'stdout' | 'stderr';
}

/** Pulls an image, by its name with tag or digest, for a client: with its login, until it disconnects. */
export async function pullFor(
  registries: Registries,
  name: string,
  context: CommandContext,
  { quiet, platform, to }: PullDisplay,
): Promise<Pulled> {
  const reference = parseReference(name);
  const progress = progressFor(context, to, quiet);
  progress.say(`${reference.digest ?? reference.tag}: Pulling from ${reference.path}`);
  try {
    const pulled = await registries.pull(name, {
      login: loginOf(name, context),
      signal: context.gone,
      progress,
      ...(platform !== '' && { platform }),
    });
    // A dry run has no digest.
    if (pulled.digest === '') return pulled;
    progress.say(`Digest: ${pulled.digest}`);
    progress.say(`Status: ${pulled.isNew ? 'Downloaded newer image for' : 'Image is up to date for'} ${plain(name)}`);
    return pulled;
  } finally {
    progress.end();
  }
}
