/**
 * How a command uses the value of a flag, or an argument, of its client's:
 * - `read`: a file to read; `profile`: one behind `seccomp=`; `variables`: one of variables, in which a name alone gets the
 *   value of the client's own; `save`: a file that the output goes to;
 * - `create`: a small file to make; `variable`: a variable's name, unless a value follows it.
 */
export type FlagUse = 'read' | 'profile' | 'variables' | 'save' | 'create' | 'variable';

export interface BuiltInCommand {
  readonly stopsAtFirst?: true;
  /** Flags without a value. */
  readonly switches?: readonly string[];
  /** Flags whose value is nothing of the client's. */
  readonly values?: readonly string[];
  /** Flags whose value is, by how it is used. */
  readonly uses?: Readonly<Record<string, FlagUse>>;
  /** The first argument is a file to read; or the source and the destination of a copy. */
  readonly arguments?: 'read' | 'copy';
  /** What it does with the login of a registry: that of the image which its first argument names, or the one named itself. */
  readonly logins?: readonly ('get' | 'set' | 'erase')[];
  readonly loginOf?: 'image' | 'registry';
}

const LOGIN_OF_IMAGE: BuiltInCommand = { logins: ['get'], loginOf: 'image' };

const CREATE: BuiltInCommand = {
  stopsAtFirst: true,
  switches: [
    '-i, --interactive',
    '-t, --tty',
    '--rm',
    '--read-only',
    '-q, --quiet',
    '--privileged',
    '--restart-unhealthy',
    '--init',
    '--no-healthcheck',
    '-P, --publish-all',
    '--oom-kill-disable',
    '--disable-content-trust',
  ],
  values: [
    ...[
      '-a, --attach',
      '--name',
      '-u, --user',
      '-w, --workdir',
      '--entrypoint',
      '-v, --volume',
      '--mount',
      '--tmpfs',
      '-l, --label',
    ],
    ...['--log-driver', '--log-opt', '--pull', '--platform', '--cap-add', '--cap-drop', '--device', '--sysctl'],
    ...[
      '--group-add',
      '--ipc',
      '--pid',
      '--uts',
      '--userns',
      '--cgroupns',
      '--add-host',
      '--dns',
      '--dns-search',
      '--annotation',
    ],
    ...['--restart', '--stop-signal', '--stop-timeout', '--health-cmd', '--health-interval', '--health-timeout'],
    ...['--health-start-period', '--health-start-interval', '--health-retries', '--network, --net', '-h, --hostname'],
    ...[
      '--network-alias, --net-alias',
      '--ip6',
      '--link-local-ip',
      '--ip',
      '--mac-address',
      '--link',
      '-p, --publish',
      '-m, --memory',
      '--memory-swap',
    ],
    ...['--cpus', '-c, --cpu-shares', '--pids-limit', '--shm-size', '--oom-score-adj', '--ulimit'],
    ...['--memory-reservation', '--kernel-memory', '--memory-swappiness', '--cpu-period', '--cpu-quota'],
    ...['--cpu-rt-period', '--cpu-rt-runtime', '--cpuset-cpus', '--cpuset-mems', '--cgroup-parent'],
    ...['--blkio-weight', '--blkio-weight-device', '--device-read-bps', '--device-write-bps'],
    ...['--device-read-iops', '--device-write-iops', '--volumes-from', '--volume-driver', '--storage-opt'],
    ...[
      '--device-cgroup-rule',
      '--gpus',
      '--dns-option, --dns-opt',
      '--isolation',
      '--runtime',
      '--domainname',
      '--expose',
    ],
  ],
  uses: {
    '-e, --env': 'variable',
    '--env-file': 'variables',
    '--label-file': 'read',
    '--security-opt': 'profile',
    '--cidfile': 'create',
  },
  ...LOGIN_OF_IMAGE,
};

/**
 * The commands of the engine that use something of their client's, by all their names. A test compares their flags with those that
 * the commands declare.
 */
export const BUILT_IN_COMMANDS: Readonly<Record<string, BuiltInCommand>> = {
  'create|container create': CREATE,
  'run|container run': {
    ...CREATE,
    switches: [...(CREATE.switches ?? []), '-d, --detach', '--sig-proxy'],
    values: [...(CREATE.values ?? []), '--detach-keys'],
  },
  'exec|container exec': {
    stopsAtFirst: true,
    switches: ['-d, --detach', '-i, --interactive', '--privileged', '-t, --tty'],
    values: ['--detach-keys', '-u, --user', '-w, --workdir'],
    uses: { '-e, --env': 'variable', '--env-file': 'variables' },
  },
  'cp|container cp': { switches: ['-L, --follow-link', '-a, --archive', '-q, --quiet'], arguments: 'copy' },
  'export|container export': { uses: { '-o, --output': 'save' } },
  'save|image save': { values: ['--platform'], uses: { '-o, --output': 'save' } },
  'load|image load': { switches: ['-q, --quiet'], values: ['--platform'], uses: { '-i, --input': 'read' } },
  'import|image import': { values: ['-c, --change', '-m, --message', '--platform'], arguments: 'read' },
  'plugin add|plugin install': { switches: ['-f, --force'], arguments: 'read' },
  'pull|image pull': {
    switches: ['-a, --all-tags', '-q, --quiet', '--disable-content-trust'],
    values: ['--platform'],
    ...LOGIN_OF_IMAGE,
  },
  'push|image push': {
    switches: ['-a, --all-tags', '-q, --quiet', '--disable-content-trust'],
    values: ['--platform'],
    ...LOGIN_OF_IMAGE,
  },
  search: { switches: ['--no-trunc'], values: ['-f, --filter', '--format', '--limit'], ...LOGIN_OF_IMAGE },
  login: {
    switches: ['--password-stdin'],
    values: ['-u, --username', '-p, --password'],
    logins: ['get', 'set'],
    loginOf: 'registry',
  },
  logout: { logins: ['get', 'erase'], loginOf: 'registry' },
};
