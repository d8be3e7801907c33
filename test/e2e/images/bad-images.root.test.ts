import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'ava';
import { tar } from '../../plugins/image/support/tars.js';
import { engineFor, imageTar, type TestEngine } from '../../support/engine.js';

/** Images whose configurations say what no sane one would: each is refused, or does harm to itself alone. */

const it = engineFor(test);

const LAYER = tar([{ path: 'bin/', type: 'Directory', mode: 0o755 }]);
const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function archiveOf(config: object, name: string, more: object = {}, layer = LAYER): Buffer {
  const bytes = Buffer.from(
    JSON.stringify({
      ...{ os: 'linux', architecture: 'amd64', config, ...more },
      rootfs: { type: 'layers', diff_ids: [`sha256:${digestOf(layer)}`] },
    }),
  );
  const manifest = [{ Config: `${digestOf(bytes)}.json`, RepoTags: [name], Layers: ['layer.tar'] }];
  return tar([
    { path: 'layer.tar', body: layer },
    { path: `${digestOf(bytes)}.json`, body: bytes },
    { path: 'manifest.json', body: JSON.stringify(manifest) },
  ]);
}

/** All that looks at images works, whatever they are. */
async function worksStill(engine: TestEngine): Promise<void> {
  for (const args of [['images'], ['images', '-a', '--digests'], ['ps', '-a'], ['info'], ['system', 'df']]) {
    await engine.ok(...args);
  }
}

const refused: Record<string, [config: object, more?: object]> = {
  'numbers for an environment': [{ Env: [1, 2] }],
  'newlines in the environment': [{ Env: ['A=1\nB=2'] }],
  'a number for a command': [{ Cmd: 1 }],
  'an object for a user': [{ User: { name: 'root' } }],
  'a list for labels': [{ Labels: ['a'] }],
  'volumes of numbers': [{ Volumes: { '/a': 1 } }],
  'a list for a health check': [{ Healthcheck: ['CMD', 'x'] }],
  '50 MB of comment': [{}, { author: 'x'.repeat(50_000_000) }],
  'another system': [{}, { os: 'windows' }],
  'a time that is none': [{}, { created: 'yesterday' }],
  'a history of texts': [{}, { history: ['x'] }],
};
for (const [name, [config, more]] of Object.entries(refused)) {
  test(`refused: ${name}`, async (t) => {
    const { code, stdout, stderr } = await it.engine.docker(['load'], { input: archiveOf(config, 'bad:1', more) });
    t.like({ code, stdout }, { code: 1, stdout: '' }, stderr);
    t.regex(stderr, /^Error response from daemon: the (image's configuration|archive) cannot be [^\n]+\n$/);
    await worksStill(it.engine);
  });
}

test('a program that is there, and arguments that no kernel takes', async (t) => {
  const { engine } = it;
  const config = { Entrypoint: ['echo', 'x'.repeat(200_000)], Env: ['PATH=/bin'] };
  await engine.docker(['load'], { input: archiveOf(config, 'long:1', {}, readFileSync(imageTar('busybox'))) });
  const { code, stderr } = await engine.docker(['run', '--rm', 'long:1']);
  t.is(code, 126, stderr.slice(0, 1000));
  t.regex(stderr, /^[^\n]{1,1000}\n(?:[^\n]{0,200}\n){0,6}$/);
  await worksStill(engine);
});

const odd: Record<string, object> = {
  nothing: {},
  'an entrypoint of 200 kB': { Entrypoint: ['/bin/x', 'x'.repeat(200_000)] },
  'a program with a name of 200 kB': { Cmd: ['x'.repeat(200_000)] },
  'a user who is not there': { Cmd: ['/x'], User: 'nobody-here' },
  'a user of nonsense': { Cmd: ['/x'], User: '-1:99999999999' },
  'an environment without names': { Cmd: ['/x'], Env: ['', '=x', 'A', '\u001b[31m=1'] },
  'half a megabyte of environment': { Cmd: ['/x'], Env: [`A=${'x'.repeat(500_000)}`] },
  'a working directory out of the root': { Cmd: ['/x'], WorkingDir: '../../../etc' },
  'volumes in strange places': { Cmd: ['/x'], Volumes: { '': {}, 'a/../../b': {}, '/proc/x': {}, '/': {} } },
  'ports that are none': { Cmd: ['/x'], ExposedPorts: { x: {}, '99999/tcp': {}, '1-9/x': {} } },
  'a signal that is none': { Cmd: ['/x'], StopSignal: 'SIGNOTHING' },
  'labels for a terminal': { Cmd: ['/x'], Labels: { '\u001b[2J': '\u001b]0;x\u0007', '': '' } },
  'a health check of wrong types': { Cmd: ['/x'], Healthcheck: { Test: 5, Interval: 'x', Retries: -1 } },
  'the same below a folder': { Cmd: [`/${'x'.repeat(200_000)}`] },
  'a command with zero bytes': { Cmd: ['/x\0y'] },
  'triggers for a build': { Cmd: ['/x'], OnBuild: ['RUN x'] },
};
for (const [index, [name, config]] of Object.entries(odd).entries()) {
  test(`harmless to others: ${name}`, async (t) => {
    const image = `odd${index}:1`;
    const { code, stderr } = await it.engine.docker(['load'], { input: archiveOf(config, image) });
    t.is(code, 0, stderr);
    for (const args of [
      ['history', image],
      ['inspect', image],
      ['image', 'inspect', image],
      ['images', image],
    ]) {
      await it.engine.ok(...args);
    }
    const run = await it.engine.quick(['run', '--rm', image]);
    t.true([1, 125, 126, 127].includes(run.code ?? 0), String(run.code));
    t.regex(run.stderr, /^[^\n]{1,1000}\n(?:[^\n]{0,200}\n){0,6}$/, 'a few lines');
    t.notRegex(run.stderr, /internal error/);
    t.notRegex(run.stderr, /^\s+at /m, 'no stack');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
    t.notRegex((await it.engine.quick(['ps', '-a'])).stdout, /[\x00-\x09\x0b-\x1f]/);
    await worksStill(it.engine);
    await it.engine.ok('rmi', image);
  });
}
