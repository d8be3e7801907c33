import { chmodSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { eventually } from '../../support/engine.js';
import { commandPlugin, isAlive, pluginProcesses, pluginsFor } from '../../support/plugins.js';

const plugins = pluginsFor(test);

const says = (id: string, what: string): string => commandPlugin(id, `stdout.write('${what}\\n');`);

test.serial(
  'a file is a command as soon as it is there, another when it changes, and none when it has gone',
  async (t) => {
    const { engine } = plugins;
    engine.drop('hello.ts', says('hello', 'one'));
    await engine.says(['hello'], 'one\n');
    t.regex(await engine.ok('help'), /^ {2}hello +Try hello$/m);
    engine.drop('hello.ts', says('hello', 'two'));
    await engine.says(['hello'], 'two\n');
    engine.remove('hello.ts');
    const { code, stderr } = await eventually(async () => {
      const result = await engine.docker(['hello']);
      return result.code !== 0 && result;
    });
    t.is(code, 125);
    t.regex(stderr, /unknown command: docker hello/);
  },
);

test.serial('a call under way ends in the old code, while the new one answers', async (t) => {
  const { engine } = plugins;
  const slow = (what: string): string =>
    commandPlugin(
      'slow',
      `stdout.write('begun\\n'); for await (const _ of context.stdin); stdout.write('${what}\\n');`,
    );
  engine.drop('slow.ts', slow('old'));
  await engine.until('slow', 'ok');
  const call = engine.spawn(['slow']);
  let output = '';
  call.stdout?.on('data', (text: Buffer) => {
    output += text;
  });
  await eventually(() => output === 'begun\n');
  engine.drop('slow.ts', slow('new'));
  await engine.says(['slow'], 'begun\nnew\n');
  t.is(output, 'begun\n');
  call.stdin?.end();
  await eventually(() => call.exitCode === 0);
  t.is(output, 'begun\nold\n');
});

test.serial('a plugin that takes its time to load holds up no other', async (t) => {
  const { engine } = plugins;
  const signal = engine.drop('go.txt.off', '');
  const wait = `import { existsSync } from 'node:fs';
while (!existsSync('${signal}.go')) await new Promise((done) => setTimeout(done, 20));
`;
  engine.drop('patient.ts', wait + commandPlugin('patient', `stdout.write('here\\n');`));
  engine.drop('prompt.ts', says('prompt', 'at once'));
  await engine.says(['prompt'], 'at once\n');
  t.is((await engine.docker(['patient'])).code, 125);
  renameSync(signal, `${signal}.go`);
  await engine.says(['patient'], 'here\n');
});

test.serial('a broken save keeps the last good version, also in the next daemon', async (t) => {
  const { engine } = plugins;
  const path = engine.drop('fragile.ts', says('fragile', 'good'));
  await engine.until('fragile', 'ok');
  engine.drop('fragile.ts', 'import { Command } from "gantry";\nclass {{{\n');
  const { reason } = await engine.until('fragile', 'degraded');
  t.true(reason.startsWith(`${path}:2:7: `), reason);
  t.is(await engine.ok('fragile'), 'good');
  await engine.stopDaemon();
  await engine.startDaemon();
  t.is((await engine.inspect('fragile')).reason, reason);
  t.is(await engine.ok('fragile'), 'good');
  await engine.stopDaemon();
  t.is(await engine.ok('fragile'), 'good', 'a local call knows it, too');
  await engine.startDaemon();
});

test.serial('a helper file that was broken at first is waited for', async (t) => {
  const { engine } = plugins;
  engine.drop('packaged/package.json', '{ "main": "src/index.ts" }');
  engine.drop('packaged/src/word.ts', 'export const word = ;');
  engine.drop(
    'packaged/src/index.ts',
    commandPlugin('packaged', "stdout.write(word + '\\n');", { top: "import { word } from './word.js';" }),
  );
  const { reason } = await engine.until('packaged', 'failed');
  t.regex(reason, /packaged\/src\/word\.ts:1:21: /);
  engine.drop('packaged/src/word.ts', "export const word: string = 'yes';");
  await engine.says(['packaged'], 'yes\n');
});

test.serial(
  'who was there first keeps its id and command, whatever the names, and the other comes when it goes',
  async (t) => {
    const { engine } = plugins;
    engine.drop('b.ts', says('mine', 'b'));
    await engine.says(['mine'], 'b\n');
    const path = engine.drop('a.ts', says('mine', 'a'));
    const { reason } = await engine.until(path, 'failed');
    t.is(reason, `${path} and ${engine.folder}/b.ts both have the id 'mine'`);
    await engine.stopDaemon();
    await engine.startDaemon();
    t.is(await engine.ok('mine'), 'b');
    await engine.ok('plugin', 'rm', 'mine');
    t.deepEqual(
      readdirSync(engine.folder).filter((name) => /^[ab]\.ts$/.test(name)),
      ['a.ts'],
    );
    await engine.says(['mine'], 'a\n');
    t.is((await engine.inspect('mine')).state, 'ok');
  },
);

test.serial('a file that others may write is not run, until they may no more', async (t) => {
  const { engine } = plugins;
  chmodSync(engine.drop('open.ts', says('open', 'hi')), 0o666);
  const { reason } = await engine.until('open', 'failed');
  t.regex(reason, /open\.ts can be written to by everyone/);
  chmodSync(`${engine.folder}/open.ts`, 0o644);
  await engine.says(['open'], 'hi\n');
});

test.serial('plugin add keeps out what does not load, and puts back what was there', async (t) => {
  const { engine } = plugins;
  const file = `${engine.root}/given.ts`;
  const put = async (content: string, ...flags: string[]): Promise<{ code: number | null; stderr: string }> => {
    writeFileSync(file, content, { mode: 0o644 });
    return engine.docker(['plugin', 'add', ...flags, file]);
  };
  t.regex((await put('class {{{')).stderr, /given\.ts:1:\d+: /);
  t.is((await put(says('given', 'first'))).code, 0);
  t.is(await engine.ok('given'), 'first');
  t.regex((await put(says('given', 'x'))).stderr, /given\.ts is there already/);
  t.is((await put('class {{{', '-f')).code, 1);
  t.is(await engine.ok('given'), 'first');
  t.is((await engine.inspect('given')).state, 'ok');
  t.deepEqual(
    readdirSync(engine.folder).filter((name) => name.startsWith('.')),
    [],
  );
});

test.serial('disabled plugins are not run, and come back', async (t) => {
  const { engine } = plugins;
  engine.drop('quiet.ts', says('quiet', 'here'));
  await engine.says(['quiet'], 'here\n');
  await engine.ok('plugin', 'disable', 'quiet');
  t.is((await engine.docker(['quiet'])).code, 125);
  await engine.stopDaemon();
  await engine.startDaemon();
  t.is((await engine.inspect('quiet')).state, 'disabled');
  t.deepEqual(pluginProcesses(engine.daemonPid), []);
  await engine.ok('plugin', 'enable', 'quiet');
  t.is(await engine.ok('quiet'), 'here');
});

test.after('no process outlives the daemon', async (t) => {
  const { engine } = plugins;
  const processes = pluginProcesses(engine.daemonPid);
  await engine.stopDaemon();
  await eventually(() => !processes.some(isAlive));
  t.deepEqual(
    pluginProcesses(1).filter((pid) => processes.includes(pid)),
    [],
  );
});
