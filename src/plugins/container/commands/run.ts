import {
  Command,
  type CommandContext,
  type CommandHandler,
  GantryError,
  Option,
  write,
} from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { Registries } from '../../registry/index.js';
import { configFromFlags } from '../config/index.js';
import { Runtime } from '../contracts/index.js';
import { ContainerFlags } from '../flags/index.js';
import { createContainer, detachKeysFor, ensureImage, requireTerminal, runAttached } from '../operations/index.js';
import { type AttachedStream, mayRestart, parseAttach } from '../parsers/index.js';

@Command({
  name: 'run',
  summary: 'Create and run a new container from an image',
  group: 'Common Commands',
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  args: { min: 1, complete: ['image', []] },
  stopsAtFirst: true,
  examples: [
    ['docker run --rm busybox echo hello', 'Run one program, and remove the container afterwards'],
    ['docker run -it busybox sh', 'Open a shell in a new container'],
    ['docker run -d --name web -p 8080:80 -v site:/www busybox httpd -f -h /www', 'Run a web server in the background'],
  ],
  effects: ['write', 'exec'],
  failureExitCode: 125,
})
export class Run extends ContainerFlags implements CommandHandler {
  @Option('-d, --detach', 'Run container in background and print container ID')
  detach = false;

  @Option('--detach-keys', 'Override the key sequence for detaching a container', { type: 'string' })
  detachKeys = '';

  @Option('--sig-proxy', 'Proxy received signals to the process', { shownDefault: 'true' })
  sigProxy = true;

  constructor(
    @Runtime private readonly runtime: Runtime,
    @Graph private readonly graph: Graph,
    @Registries private readonly registries: Registries,
  ) {
    super();
  }

  async run(context: CommandContext): Promise<number> {
    const [reference = '', ...command] = context.args;
    const attached = parseAttach(this.attach);
    const has = (stream: AttachedStream): boolean => attached.length === 0 || attached.includes(stream);
    if (this.detach && attached.length > 0) {
      throw new GantryError('usage', 'conflicting options: cannot specify both --attach and --detach');
    }
    const { detachKeys, sigProxy, graph, registries } = this;
    const withInput = this.interactive && has('stdin');
    if (this.detach) context.needsDaemon();
    else if (this.tty && withInput) requireTerminal(context);
    detachKeysFor(this, { withInput, detachKeys }, context);
    const image = await ensureImage(reference, this, context, { graph, registries });
    const config = await configFromFlags(this, image, reference, command, context);
    if (mayRestart(config)) context.needsDaemon();
    const container = await createContainer(this.runtime, this, config, context);
    if (!this.detach) {
      const streams = (['stdout', 'stderr'] as const).filter(has);
      if (streams.length === 0) await write(context.stdout, `${container.id}\n`);
      return runAttached(this.runtime, container, context, { withInput, detachKeys, sigProxy, streams });
    }
    await this.runtime.start(container.id);
    await write(context.stdout, `${container.id}\n`);
    return 0;
  }
}
