import { execFileSync } from 'node:child_process';
import test from 'ava';
import { TestEngine } from '../../../support/engine.js';

let engine: TestEngine;
test.before(() => {
  engine = new TestEngine();
});
test.after.always(() => engine.destroy());

const shells: readonly [shell: string, ...args: string[]][] = [
  ['bash', '--norc', '-c', 'docker() { echo called; }; eval "$1"; complete -p docker', 'bash'],
  ['zsh', '-f', '-c', 'docker() { echo called; }; compdef() { echo "$@" }; eval "$1"', 'zsh'],
  ['fish', '--no-config', '-c', 'function docker; echo called; end; echo $argv[1] | source; complete docker'],
];

for (const [shell, ...args] of shells) {
  test(`${shell} takes its script without running anything`, async (t) => {
    const script = await engine.ok('completion', shell);
    const output = execFileSync(shell, [...args, script], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: '/' },
    });
    t.regex(output, /^(complete|_docker) [^\n]*docker[^\n]*\n$/);
  });
}

test('--no-descriptions leaves out what is said of each value', async (t) => {
  const script = await engine.ok('completion', '--no-descriptions', 'fish');
  const filter = /<\/dev\/null \| (sed '.*')\)/.exec(script)?.[1] ?? 'false';
  const input = 'save\tof images\nstart\n:files\t--env-file=\n';
  t.is(execFileSync('sh', ['-c', filter], { input, encoding: 'utf8' }), 'save\nstart\n:files\t--env-file=\n');
  for (const [shell, ...args] of shells) {
    const text = await engine.ok('completion', '--no-descriptions', shell);
    t.notThrows(() => execFileSync(shell, [...args, text], { env: { PATH: '/usr/bin:/bin', HOME: '/' } }));
  }
});

test('no other shell', async (t) => {
  const { code, stderr } = await engine.docker(['completion', 'tcsh']);
  t.is(code, 125);
  t.is(stderr.split('\n')[0], "there is no completion for 'tcsh': it is bash, zsh or fish");
});

test('without a daemon the engine answers by itself', async (t) => {
  t.is(await engine.ok('__complete', 'run', '--network=h'), '--network=host\n:none');
  t.is(await engine.ok('__complete', 'rm', ''), ':none');
});

for (const words of [['-H', 'tcp://127.0.0.1:1', 'rm', ''], ['-H', 'junk', 'rm', ''], ['-H'], ['-d', 'ps', '']]) {
  test(`nothing complains of docker ${words.join(' ')}`, async (t) => {
    t.like(await engine.docker(['__complete', ...words]), { code: 0, stderr: '' });
  });
}
