import test from 'ava';
import { isNamedIn } from '../../../src/transport/local/local-files.js';

const NAMED: readonly [argv: string[], path: string][] = [
  [['import', '/srv/base.tar'], '/srv/base.tar'],
  [['run', '--env-file=./env'], './env'],
  [['run', '-f=env=x'], 'env=x'],
  [['run', '-fenv'], 'env'],
  [['run', '-itf/srv/env'], '/srv/env'],
  [['run', '--security-opt', 'seccomp=p.json'], 'p.json'],
  [['run', '--security-opt=seccomp=p.json'], 'p.json'],
];

for (const [argv, path] of NAMED) test(`${path} is named in ${argv.join(' ')}`, (t) => t.true(isNamedIn(argv, path)));

const NOT_NAMED: readonly [argv: string[], path: string][] = [
  [['import', '/srv/base.tar'], 'base.tar'],
  [['import', '/srv/base.tar'], '/srv'],
  [['import', 'base.tar'], './base.tar'],
  [['run', '--env-file=./env'], 'env'],
  [['run', '--env-file=a=b'], 'b'],
  [['run', '--file/etc/shadow'], '/etc/shadow'],
  [['run', '-v/srv:/etc/shadow'], '/etc/shadow'],
  [['run', ''], ''],
  [['run', '--name='], ''],
];

for (const [argv, path] of NOT_NAMED) {
  test(`${path || 'nothing'} is not named in ${argv.join(' ')}`, (t) => t.false(isNamedIn(argv, path)));
}
