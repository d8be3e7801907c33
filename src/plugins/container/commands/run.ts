import { Command, type CommandContext, type CommandHandler, Option, write } from '../../../kernel/index.js';
import { Graph } from '../../image/index.js';
import { refuseWithoutTerminal, runAttached } from '../attached-client.js';
import { configFrom } from '../container-config.js';
import { Runtime } from '../contracts.js';

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
export class Run implements CommandHandler {
  @Option('-d, --detach', 'Run container in background and print container ID')
  detach = false;

  @Option('-i, --interactive', 'Keep STDIN open even if not attached')
  interactive = false;

  @Option('-t, --tty', 'Allocate a pseudo-TTY')
  tty = false;

  @Option('--rm', 'Automatically remove the container and its anonymous volumes when it exits')
  remove = false;

  @Option('--name', 'Assign a name to the container', { type: 'string' })
  name = '';

  @Option('-e, --env', 'Set environment variables', { type: 'list' })
  env: string[] = [];

  @Option('--env-file', 'Read in a file of environment variables', { type: 'list', complete: 'file' })
  envFile: string[] = [];

  @Option('-u, --user', 'Username or UID (format: <name|uid>[:<group|gid>])', { type: 'string' })
  user = '';

  @Option('-w, --workdir', 'Working directory inside the container', { type: 'string' })
  workdir = '';

  @Option('-m, --memory', 'Memory limit', { type: 'string', value: 'bytes' })
  memory = '';

  @Option('--entrypoint', 'Overwrite the default ENTRYPOINT of the image', { type: 'string' })
  entrypoint: string | undefined = undefined;

  @Option('-h, --hostname', 'Container host name', { type: 'string' })
  hostname = '';

  @Option('--read-only', "Mount the container's root filesystem as read only")
  readOnly = false;

  @Option('-p, --publish', "Publish a container's port(s) to the host", { type: 'list' })
  publish: string[] = [];

  @Option('-v, --volume', 'Bind mount a volume', { type: 'list', complete: 'volume-source|file' })
  volume: string[] = [];

  @Option('-P, --publish-all', 'Publish all exposed ports to random ports')
  publishAll = false;

  @Option('--ip', 'IPv4 address (e.g., 172.30.100.104)', { type: 'string' })
  ip = '';

  @Option('--mac-address', 'Container MAC address (e.g., 92:d0:c6:0a:29:33)', { type: 'string' })
  macAddress = '';

  @Option('--network-alias', 'Add network-scoped alias for the container', { type: 'list' })
  networkAlias: string[] = [];

  @Option('--link', 'Add link to another container', { type: 'list', complete: 'running-container' })
  link: string[] = [];

  @Option('--network, --net', 'Connect a container to a network: its name, none, host or container:NAME', {
    type: 'string',
    shownDefault: 'bridge',
    complete: 'network-mode',
  })
  network = 'bridge';

  @Option('-l, --label', 'Set meta data on a container', { type: 'list' })
  label: string[] = [];

  @Option('--label-file', 'Read in a line delimited file of labels', { type: 'list' })
  labelFile: string[] = [];

  @Option('--privileged', 'Give extended privileges to this container')
  privileged = false;

  constructor(
    @Runtime private readonly runtime: Runtime,
    @Graph private readonly graph: Graph,
  ) {}

  async run(context: CommandContext): Promise<number> {
    const [reference = '', ...command] = context.args;
    const image = this.graph.get(reference);
    if (this.detach) context.needsDaemon();
    else if (this.tty && this.interactive) refuseWithoutTerminal(context);
    const config = await configFrom(this, image, reference, command, context);
    const container = await this.runtime.create(config, this.name || undefined);
    if (!this.detach) return runAttached(this.runtime, container, context, this.interactive);
    await this.runtime.start(container.id);
    await write(context.stdout, `${container.id}\n`);
    return 0;
  }
}
