import test from 'ava';
import { Command, type CommandClass, commandMetadata } from '../../../src/kernel/contracts/command.js';
import { Option, optionsOf } from '../../../src/kernel/contracts/option.js';
import { commandPage, groupPage, topPage } from '../../../src/kernel/help/help-page.js';
import { helpText } from '../../../src/kernel/help/help-text.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { idle } from '../fixtures.js';

@Command({
  name: 'run',
  summary: 'Create and run a new container from an image',
  group: 'Common Commands',
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  args: { min: 1 },
  stopsAtFirst: true,
  effects: ['write'],
  examples: [
    ['docker run -it busybox', 'Start a shell'],
    ['docker run --rm busybox date', 'Show the time, and leave no container behind'],
  ],
})
class Run {
  @Option('-t, --tty', 'Allocate a pseudo-TTY') tty = false;
  @Option('-e, --env', 'Set environment variables', { type: 'list' }) env: string[] = [];
  @Option('--name', 'Assign a name to the container', { type: 'string' }) name = '';
  @Option('-m, --memory', 'Memory limit', { type: 'string', value: 'bytes' }) memory = '';
  @Option('--pull', 'Pull image before running', { type: 'string', shownDefault: 'missing' }) pull = 'missing';
  @Option('--retries', 'How often to try', { type: 'integer', shownDefault: '3' }) retries = 3;
  @Option('-q', 'Say nothing but the id of the container that was made, in its short form') quiet = false;
  @Option('--old', 'An old spelling', { hidden: true }) old = false;

  constructor() {
    throw new Error('help makes no command');
  }

  async run(): Promise<void> {}
}

const registry = new PluginRegistry([
  {
    id: 'container',
    api: 1,
    commands: {
      'run|container run': async () => Run,
      'ps|container ls|container list': idle('ps', { summary: 'List containers', group: 'Common Commands' }),
      wait: idle('wait', { summary: 'Block until one or more containers stop, then print their exit codes' }),
      commit: idle('commit', { summary: "Create a new image from a container's changes" }),
    },
  },
  {
    id: 'volume',
    api: 1,
    commands: {
      'volume rm': idle('volume rm', { summary: 'Remove one or more volumes' }),
      'volume ls': idle('volume ls', { summary: 'List volumes' }),
    },
  },
  {
    id: 'broken',
    api: 1,
    commands: {
      broken: async (): Promise<CommandClass> => {
        throw new Error('Cannot find module\x1b[2J');
      },
    },
  },
]);

function runHelp(name: string, width: number): string {
  const metadata = commandMetadata(Run);
  if (!metadata) throw new Error('no metadata');
  return helpText(commandPage({ name, names: ['run', 'container run'], metadata, options: optionsOf(Run) }), width);
}

test('docker, 80 wide', async (t) => {
  t.is(
    helpText(await topPage(registry), 80),
    `Usage:  docker [OPTIONS] COMMAND

A self-sufficient runtime for containers

Common Commands:
  run         Create and run a new container from an image
  ps          List containers

Management Commands:
  container   Manage containers
  volume      Manage volumes

Commands:
  broken      (broken: internal error: Cannot find module\\x1b[2J)
  commit      Create a new image from a container's changes
  wait        Block until one or more containers stop, then print their
              exit codes

Global Options:
      --config string           Location of client config files (default
                                "~/.docker")
  -c, --context string          Name of a context of Docker's client, in
                                the place of -H
  -d                            Run as the daemon
  -D, --debug                   Enable debug mode
  -H, --host ADDR               Daemon socket to connect to, or for the
                                daemon to listen on
  -l, --log-level string        Set the logging level: debug, info, warn,
                                error, fatal (default "info")
      --plugins-dir DIR         Folder of third-party plugins
      --root DIR                Folder of all persistent state (default
                                "/var/lib/gantry")
      --storage-driver DRIVER   How the roots of containers are made:
                                overlay mounts layers, vfs copies them
                                (default: what works)
      --tls                     Use TLS; implied by --tlsverify
      --tlscacert string        Trust certs signed only by this CA
                                (default "~/.docker/ca.pem")
      --tlscert string          Path to TLS certificate file (default
                                "~/.docker/cert.pem")
      --tlskey string           Path to TLS key file (default
                                "~/.docker/key.pem")
      --tlsverify               Use TLS and verify the remote
  -v, --version                 Print version information and quit
      --dry-run                 After any command: say what it would
                                change, and change nothing
      --explain                 After any command: say who has a say in
                                it, and what it would change

Run 'docker COMMAND --help' for more information on a command.
`,
  );
});

test('docker, 40 wide', async (t) => {
  t.is(
    helpText(await topPage(registry), 40),
    `Usage:  docker [OPTIONS] COMMAND

A self-sufficient runtime for
containers

Common Commands:
  run         Create and run a
              new container from
              an image
  ps          List containers

Management Commands:
  container   Manage containers
  volume      Manage volumes

Commands:
  broken      (broken: internal
              error: Cannot find
              module\\x1b[2J)
  commit      Create a new image
              from a container's
              changes
  wait        Block until one or
              more containers
              stop, then print
              their exit codes

Global Options:
      --config string
        Location of client config
        files (default "~/.docker")
  -c, --context string
        Name of a context of
        Docker's client, in the
        place of -H
  -d
        Run as the daemon
  -D, --debug
        Enable debug mode
  -H, --host ADDR
        Daemon socket to connect
        to, or for the daemon to
        listen on
  -l, --log-level string
        Set the logging level:
        debug, info, warn, error,
        fatal (default "info")
      --plugins-dir DIR
        Folder of third-party plugins
      --root DIR
        Folder of all persistent
        state (default
        "/var/lib/gantry")
      --storage-driver DRIVER
        How the roots of
        containers are made:
        overlay mounts layers,
        vfs copies them (default:
        what works)
      --tls
        Use TLS; implied by
        --tlsverify
      --tlscacert string
        Trust certs signed only
        by this CA (default
        "~/.docker/ca.pem")
      --tlscert string
        Path to TLS certificate
        file (default
        "~/.docker/cert.pem")
      --tlskey string
        Path to TLS key file
        (default "~/.docker/key.pem")
      --tlsverify
        Use TLS and verify the remote
  -v, --version
        Print version information
        and quit
      --dry-run
        After any command: say
        what it would change, and
        change nothing
      --explain
        After any command: say
        who has a say in it, and
        what it would change

Run 'docker COMMAND --help' for
more information on a command.
`,
  );
});

test('docker volume, 80 wide', async (t) => {
  t.is(
    helpText(await groupPage(registry, 'volume'), 80),
    `Usage:  docker volume COMMAND

Manage volumes

Commands:
  ls          List volumes
  rm          Remove one or more volumes

Run 'docker volume COMMAND --help' for more information on a command.
`,
  );
});

test('docker container lists a command once, by the first of its names there', async (t) => {
  t.regex(helpText(await groupPage(registry, 'container'), 80), /Commands:\n {2}ls {10}List containers\n {2}run /);
});

test('docker run --help, 80 wide', (t) => {
  t.is(
    runHelp('run', 80),
    `Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]

Create and run a new container from an image

Aliases:
  docker container run, docker run

Examples:
  docker run -it busybox         Start a shell
  docker run --rm busybox date   Show the time, and leave no container behind

Options:
  -e, --env list       Set environment variables
  -m, --memory bytes   Memory limit
      --name string    Assign a name to the container
      --pull string    Pull image before running (default "missing")
  -q                   Say nothing but the id of the container that was
                       made, in its short form
      --retries int    How often to try (default 3)
  -t, --tty            Allocate a pseudo-TTY
      --dry-run        Say what it would change, and change nothing
`,
  );
});

test('docker container run --help, 40 wide', (t) => {
  t.is(
    runHelp('container run', 40),
    `Usage:  docker container run [OPTIONS] IMAGE [COMMAND] [ARG...]

Create and run a new container
from an image

Aliases:
  docker container run, docker run

Examples:
  docker run -it busybox
        Start a shell
  docker run --rm busybox date
        Show the time, and leave
        no container behind

Options:
  -e, --env list
        Set environment variables
  -m, --memory bytes
        Memory limit
      --name string
        Assign a name to the container
      --pull string
        Pull image before running
        (default "missing")
  -q
        Say nothing but the id of
        the container that was
        made, in its short form
      --retries int
        How often to try (default 3)
  -t, --tty
        Allocate a pseudo-TTY
      --dry-run
        Say what it would change,
        and change nothing
`,
  );
});

test('a command with nothing but a name has a short help', (t) => {
  const metadata = { name: 'x', summary: 'Do x', group: 'Commands', usage: '', args: { min: 0 }, effects: [] } as const;
  t.is(helpText(commandPage({ name: 'x', names: ['x'], metadata, options: [] }), 80), 'Usage:  docker x\n\nDo x\n');
});

test('plurals of groups', async (t) => {
  for (const [group, summary] of [
    ['registry', 'Manage registries'],
    ['box', 'Manage boxes'],
    ['image', 'Manage images'],
  ] as const) {
    const one = new PluginRegistry([{ id: 'p', api: 1, commands: { [`${group} ls`]: idle(`${group} ls`) } }]);
    t.true(helpText(await groupPage(one, group), 80).includes(`\n\n${summary}\n\n`));
  }
});
