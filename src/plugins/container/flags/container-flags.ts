import { Option } from '../../../kernel/index.js';
import { NetworkFlags } from './network-flags.js';

/** All flags that `run` and `create` share. */
export class ContainerFlags extends NetworkFlags {
  @Option('-a, --attach', 'Attach to STDIN, STDOUT or STDERR', {
    type: 'list',
    complete: ['stdin', 'stdout', 'stderr'],
  })
  attach: string[] = [];

  @Option('-i, --interactive', 'Keep STDIN open even if not attached')
  interactive = false;

  @Option('-t, --tty', 'Allocate a pseudo-TTY')
  tty = false;

  @Option('--rm', 'Automatically remove the container and its anonymous volumes when it exits')
  remove = false;

  @Option('--name', 'Assign a name to the container', { type: 'string' })
  name = '';

  @Option('--cidfile', 'Write the container ID to the file', { type: 'string', complete: 'file' })
  cidfile = '';

  @Option('-e, --env', 'Set environment variables', { type: 'list' })
  env: string[] = [];

  @Option('--env-file', 'Read in a file of environment variables', { type: 'list', complete: 'file' })
  envFile: string[] = [];

  @Option('-u, --user', 'Username or UID (format: <name|uid>[:<group|gid>])', { type: 'string' })
  user = '';

  @Option('-w, --workdir', 'Working directory inside the container', { type: 'string' })
  workdir = '';

  @Option('--entrypoint', 'Overwrite the default ENTRYPOINT of the image', { type: 'string' })
  entrypoint: string | undefined = undefined;

  @Option('--read-only', "Mount the container's root filesystem as read only")
  readOnly = false;

  @Option('-v, --volume', 'Bind mount a volume', { type: 'list', complete: 'volume-source|file' })
  volume: string[] = [];

  @Option('--mount', 'Attach a filesystem mount to the container', { type: 'list', value: 'mount' })
  mount: string[] = [];

  @Option('--volumes-from', 'Mount volumes from the specified container(s)', { type: 'list', complete: 'container' })
  volumesFrom: string[] = [];

  @Option('--volume-driver', 'Optional volume driver for the container: local', {
    type: 'string',
    complete: ['local'],
  })
  volumeDriver = '';

  @Option('--storage-opt', 'Storage driver options for the container', { type: 'list' })
  storageOpt: string[] = [];

  @Option('--tmpfs', 'Mount a tmpfs directory', { type: 'list' })
  tmpfs: string[] = [];

  @Option('-l, --label', 'Set meta data on a container', { type: 'list' })
  label: string[] = [];

  @Option('--label-file', 'Read in a line delimited file of labels', { type: 'list' })
  labelFile: string[] = [];

  @Option('--log-driver', 'Logging driver for the container', {
    type: 'string',
    complete: ['local', 'json-file', 'none'],
  })
  logDriver = '';

  @Option('--log-opt', 'Log driver options: max-size, max-file, mode, max-buffer-size, compress, labels, env, tag', {
    type: 'list',
  })
  logOpt: string[] = [];

  @Option('--pull', 'Pull image before running ("always", "missing", "never")', {
    type: 'string',
    shownDefault: 'missing',
    complete: ['always', 'missing', 'never'],
  })
  pull = 'missing';

  @Option('--platform', 'Set platform if server is multi-platform capable', { type: 'string' })
  platform = '';

  @Option('--disable-content-trust', 'Skip image verification', { shownDefault: 'true', hidden: true })
  disableContentTrust = true;

  @Option('-q, --quiet', 'Suppress the pull output')
  quiet = false;
}
