import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { PROJECT, TestEngine } from '../support/engine.js';
import { Terminal } from '../support/terminal.js';

/** Shells of a user who has nothing but the program and the address of a daemon: all that they know comes from there. */
const home = mkdtempSync(join(tmpdir(), 'gantry-e2e-home-'));
const env: Record<string, string> = {
  PATH: `${join(PROJECT, 'bin')}:/usr/bin:/bin`,
  HOME: home,
  TERM: 'xterm',
  LC_ALL: 'C.UTF-8',
};
let engine: TestEngine;
let id: string;

test.before(async () => {
  engine = new TestEngine();
  const port = await freePort();
  env['DOCKER_HOST'] = `tcp://127.0.0.1:${port}`;
  await engine.importImage('busybox');
  await engine.startDaemon('-H', `unix://${engine.socket}`, '-H', env['DOCKER_HOST']);
  id = await engine.ok('run', '-d', '--name', 'web', 'busybox', 'sh', '-c', 'echo from-$((40+2)); exec sleep 1000');
  await engine.ok('run', '--name', 'done', 'busybox', 'true');
  await engine.ok('run', '--rm', '-v', 'site:/www', 'busybox', 'true');
});

test.after.always(async () => {
  await engine.destroy();
  rmSync(home, { recursive: true });
});

/** What bash offers for a line, given as bash cuts it into words: at blanks, `=` and `:`. */
function bash(...words: readonly string[]): string[] {
  const script = `
    source <(docker completion bash)
    COMP_LINE=$1; shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_POINT=\${#COMP_LINE} COMP_TYPE=9
    $(complete -p docker | sed -E 's/.*-F ([^ ]+).*/\\1/') docker "\${COMP_WORDS[-1]}" "\${COMP_WORDS[-2]}"
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const line = words.join(' ').replaceAll(/ ([=:]) ?/g, '$1');
  return lines(
    execFileSync('bash', ['--norc', '-c', script, 'bash', line, ...words], { env, encoding: 'utf8', cwd: '/' }),
  );
}

/** What fish offers for a line, without the descriptions. */
function fish(line: string): string[] {
  const script = 'docker completion fish | source; complete -C $argv[1]';
  const output = execFileSync('fish', ['--no-config', '-c', script, line], { env, encoding: 'utf8', cwd: '/' });
  return lines(output).map((offer) => offer.replace(/\t.*/, ''));
}

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean).sort();
}

test('bash: commands, flags, names', (t) => {
  t.deepEqual(bash('docker', 'comp'), ['completion']);
  t.deepEqual(bash('docker', 'run', '--interac'), ['--interactive']);
  t.true(bash('docker', 'run', '--').includes('--network'));
  t.deepEqual(bash('docker', 'rm', ''), ['done', 'web']);
  t.deepEqual(bash('docker', 'stop', ''), ['web']);
  t.deepEqual(bash('docker', 'nonsense', ''), []);
  t.true(bash('docker', 'rm', id.slice(0, 3)).includes(id.slice(0, 12)));
});

test('bash: of a word with = or : it gives what follows the last of them', (t) => {
  t.deepEqual(bash('docker', 'run', '--network', '=', 'ho'), ['host']);
  t.deepEqual(bash('docker', 'run', '--network', '='), ['bridge', 'container:', 'host', 'none']);
  t.deepEqual(bash('docker', 'run', 'busybox', ':', 'la'), ['latest']);
  t.deepEqual(bash('docker', 'run', '--env-file', '=', '/etc/host'), ['/etc/host.conf', '/etc/hostname', '/etc/hosts']);
  t.deepEqual(bash('docker', 'run', '-v', 'si'), ['site:']);
});

test('bash: the options before the command say which daemon is asked', (t) => {
  const elsewhere = bash('docker', '-H', 'tcp', ':', '//127.0.0.1', ':', '1', 'rm', '');
  t.deepEqual(elsewhere, []);
});

test('fish: commands, flags, names', (t) => {
  t.deepEqual(fish('docker comp'), ['completion']);
  t.true(fish('docker run --').includes('--network'));
  t.deepEqual(fish('docker run --network=ho'), ['--network=host']);
  t.deepEqual(fish('docker run busybox:la'), ['busybox:latest']);
  t.deepEqual(fish('docker rm '), ['done', 'web']);
  t.deepEqual(fish('docker -H tcp://127.0.0.1:1 rm '), []);
  t.deepEqual(fish('docker run --env-file=/etc/hostn'), ['--env-file=/etc/hostname']);
  t.deepEqual(fish('docker run --env-file=/etc/nothing'), []);
  t.deepEqual(fish('docker --root /et'), ['/etc/']);
});

const interactive: readonly [shell: string, args: readonly string[], setUp: string][] = [
  ['bash', ['--norc', '--noprofile', '-i'], 'source <(docker completion bash)'],
  ['zsh', ['-f', '-i'], 'autoload -Uz compinit && compinit -D -u && source <(docker completion zsh)'],
  ['fish', ['--no-config', '-i'], 'docker completion fish | source'],
];

for (const [shell, args, setUp] of interactive) {
  test(`${shell}, by a person at a terminal: lines that only work when the tab key has completed them`, async (t) => {
    const terminal = new Terminal(shell, args, { ...env, PS1: '$ ' });
    t.teardown(() => terminal.close());
    terminal.type(`${setUp}; echo ready-$(printf now)\r`);
    await terminal.sees(/ready-now[\s\S]*?[$#>%]/);
    terminal.type('docker logs w\t\r');
    await terminal.sees(/from-42/);
    await terminal.sees(/[$#>%]/);
    terminal.type("docker run --rm --hostn\tbox --network=no\tbusybox:la\tsh -c 'echo done-$((40+3))'\r");
    await terminal.sees(/done-43/);
    await terminal.sees(/[$#>%]/);
    terminal.type('docker rm \t\t');
    await terminal.sees(/done[\s\S]*web/);
    t.pass();
  });
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
