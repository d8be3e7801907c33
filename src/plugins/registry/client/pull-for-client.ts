import { type CommandContext, plain } from '../../../kernel/index.js';
import { parseReference } from '../../image/index.js';
import type { Pulled, Registries } from '../contracts/index.js';
import { loginOf } from './client-login.js';
import { progressFor } from './pull-progress.js';

export interface PullDisplay {
  readonly quiet: boolean;
  /** `linux/arm64`; empty: this host's. */
  readonly platform: string;
  /** Where it is told how it goes. */
  readonly to: 'stdout' | 'stderr';
}

/** Pulls an image, by its name with tag or digest, as its client may: with its login, until it goes. */
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
    // A dry run has none.
    if (pulled.digest === '') return pulled;
    progress.say(`Digest: ${pulled.digest}`);
    progress.say(`Status: ${pulled.isNew ? 'Downloaded newer image for' : 'Image is up to date for'} ${plain(name)}`);
    return pulled;
  } finally {
    progress.end();
  }
}
