import { type CommandContext, GantryError } from '../../../kernel/index.js';
import { discardUnsupported } from '../cgroups/index.js';
import { clientFilesOf } from '../config/index.js';
import type { Container, ContainerConfig, Runtime } from '../contracts/index.js';
import type { ContainerFlags } from '../flags/index.js';
import { withVolumesFrom } from '../mounts/index.js';
import { warn } from './warn.js';

const UNBOUNDED =
  'OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.';
const DISCARDED_PORTS = 'Published ports are discarded when using host network mode';

/**
 * Creates the container of `run` and `create`, and the client's file that `--cidfile` names, with the id in it.
 * @throws GantryError like `Runtime.create`; `conflict` for a file that exists
 */
export async function createContainer(
  runtime: Runtime,
  { name, cidfile }: ContainerFlags,
  asked: ContainerConfig,
  context: CommandContext,
): Promise<Container> {
  const { kept, warnings } = discardUnsupported(asked);
  const config = { ...kept, ...withVolumesFrom(kept, runtime) };
  const isUnbounded = config.oomKillDisable && config.memory === 0;
  const isOnHost = config.network === 'host' && config.ports.length > 0;
  const more = [...(isUnbounded ? [UNBOUNDED] : []), ...(isOnHost ? [DISCARDED_PORTS] : [])];
  await warn([...warnings, ...more], context);
  if (cidfile === '') return runtime.create(config, name || undefined);
  const files = clientFilesOf(context);
  if (await files.look(cidfile)) {
    throw new GantryError('conflict', `the container ID file ${cidfile} is there already`, {
      hint: 'Make sure that its container is not needed any more, and delete it',
    });
  }
  const container = await runtime.create(config, name || undefined);
  try {
    await files.create(cidfile, container.id);
  } catch (error) {
    await runtime.remove(container.id, { force: true, volumes: true });
    throw error;
  }
  return container;
}
