import {
  Command,
  type CommandContext,
  type CommandHandler,
  each,
  type GantryError,
  Option,
} from '../../../kernel/index.js';
import { type ContainerLifecycle, Runtime } from '../contracts/index.js';
import { callerOf } from '../operations/index.js';

@Command({
  name: 'rm',
  summary: 'Remove one or more containers',
  group: 'Commands',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  args: { min: 1, complete: ['container'] },
  examples: [['docker rm -f $(docker ps -aq)', 'Remove all containers, running ones too']],
  effects: ['destroy'],
})
export class Rm implements CommandHandler {
  @Option('-f, --force', 'Force the removal of a running container (uses SIGKILL)')
  force = false;

  @Option('-v, --volumes', 'Remove anonymous volumes associated with the container')
  volumes = false;

  constructor(@Runtime private readonly runtime: ContainerLifecycle) {}

  run(context: CommandContext): Promise<number> {
    const how = { force: this.force, volumes: this.volumes, ...callerOf(context) };
    const forgives = (error: GantryError): boolean => this.force && error.kind === 'not found';
    return each(context, (name) => this.runtime.remove(name, how), { forgives });
  }
}
