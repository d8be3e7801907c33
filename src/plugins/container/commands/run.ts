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
import { type Container, Runtime } from '../contracts/index.js';
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
    context.gone.throwIfAborted();
    const container = await createContainer(this.runtime, this, config, context);
    if (this.detach) return this.#inBackground(container, context);
    const streams = (['stdout', 'stderr'] as const).filter(has);
    if (streams.length === 0) await write(context.stdout, `${container.id}\n`);
    try {
      return await runAttached(this.runtime, container, context, { withInput, detachKeys, sigProxy, streams });
    } catch (error) {
      if (this.remove) await this.#removeUnlessStarted(container);
      throw error;
    }
  }

  async #inBackground({ id }: Container, { stdout }: CommandContext): Promise<number> {
    try {
      await this.runtime.start(id);
    } finally {
      // Also of one that could not be started: it is there, and whoever made it wants to remove it.
      await write(stdout, `${id}\n`);
    }
    return 0;
  }

  /** A client that has left before the start: no run ends, by which `--rm` would remove it. */
  async #removeUnlessStarted({ id }: Container): Promise<void> {
    const isThere = this.runtime.list().some((one) => one.id === id && one.status === 'created');
    if (isThere) await this.runtime.remove(id, { force: false, volumes: true });
  }
}
