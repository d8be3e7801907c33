import { Command, type CommandContext, type CommandHandler, Option } from '../../../kernel/index.js';
import { environmentFromFlags } from '../config/index.js';
import { type ContainerReader, type ContainerStreams, Runtime } from '../contracts/index.js';
import { detachKeysFor, requireTerminal, SignalProxy, sinkOf, streamUntilExit } from '../operations/index.js';

@Command({
  name: 'exec',
  summary: 'Execute a command in a running container',
  group: 'Common Commands',
  usage: '[OPTIONS] CONTAINER COMMAND [ARG...]',
  args: { min: 2, complete: ['running-container', []] },
  stopsAtFirst: true,
  examples: [
    ['docker exec -it web sh', 'Open a shell beside the program of web'],
    ['docker exec -u nobody -w /tmp web ls', 'Run one program as somebody else, somewhere else'],
  ],
  effects: ['exec'],
  failureExitCode: 125,
})
export class Exec implements CommandHandler {
  @Option('-d, --detach', 'Detached mode: run command in the background')
  detach = false;

  @Option('--detach-keys', 'Override the key sequence for detaching a container', { type: 'string' })
  detachKeys = '';

  @Option('-e, --env', 'Set environment variables', { type: 'list' })
  env: string[] = [];

  @Option('--env-file', 'Read in a file of environment variables', { type: 'list', complete: 'file' })
  envFile: string[] = [];

  @Option('-i, --interactive', 'Keep STDIN open even if not attached')
  interactive = false;

  @Option('--privileged', 'Give extended privileges to the command')
  privileged = false;

  @Option('-t, --tty', 'Allocate a pseudo-TTY')
  tty = false;

  @Option('-u, --user', 'Username or UID (format: "<name|uid>[:<group|gid>]")', { type: 'string' })
  user = '';

  @Option('-w, --workdir', 'Working directory inside the container', { type: 'string' })
  workdir = '';

  constructor(@Runtime private readonly runtime: ContainerReader & ContainerStreams) {}

  async run(context: CommandContext): Promise<number> {
    const [name = '', ...args] = context.args;
    const { id } = this.runtime.get(name);
    const { terminal } = context;
    const withInput = this.interactive && !this.detach;
    const keys = detachKeysFor(this, { withInput, detachKeys: this.detachKeys }, context);
    if (this.tty && withInput) requireTerminal(context);
    const relay = this.detach ? undefined : new SignalProxy(context);
    const env = await environmentFromFlags(this, context);
    context.gone.throwIfAborted();
    const execution = await this.runtime.exec(id, {
      args,
      env,
      user: this.user,
      workdir: this.workdir,
      privileged: this.privileged,
      tty: this.tty,
      ...(terminal.size && { size: terminal.size }),
      openStdin: withInput,
      detach: this.detach,
      ...(!this.detach && { sink: sinkOf(context) }),
    });
    if (this.detach) return 0;
    relay?.start((signal) => execution.kill(signal));
    if (this.tty && withInput) terminal.setRaw(true);
    return streamUntilExit(execution, context, withInput, keys);
  }
}
