import { execFileSync } from 'node:child_process';
import test from 'ava';

test('what plugins build on loads neither clipanion nor tsyringe', (t) => {
  const kernel = new URL('../../src/kernel/index.js', import.meta.url).href;
  const script = `
    const { createRequire } = await import('node:module');
    await import(${JSON.stringify(kernel)});
    console.log(Object.keys(createRequire(${JSON.stringify(kernel)}).cache).join('\\n'));
  `;
  const loaded = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  t.regex(loaded, /reflect-metadata/);
  t.notRegex(loaded, /clipanion|tsyringe/);
});
