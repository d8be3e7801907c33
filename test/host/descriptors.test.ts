import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import test from 'ava';

const MODULE = import.meta.resolve('../../src/host/index.js');
const NUMBER = 40;
const LOOK = `console.log(require('node:child_process').spawnSync('test', ['-e', '/proc/self/fd/${NUMBER}']).status === 0);`;

for (const [call, reaches] of [
  ['', 'true'],
  ['keepFromChildren', 'false'],
] as const) {
  test(`a descriptor of the starter's reaches children after ${call || 'nothing'}: ${reaches}`, (t) => {
    const fd = openSync('/dev/null', 'r');
    t.teardown(() => closeSync(fd));
    const script = `import('${MODULE}').then((host) => { host['${call}']?.(); ${LOOK} })`;
    const stdio = Array<'ignore' | 'pipe' | number>(NUMBER).fill('ignore').with(1, 'pipe').concat(fd);
    t.is(String(spawnSync(process.execPath, ['-e', script], { stdio }).stdout), `${reaches}\n`);
  });
}
