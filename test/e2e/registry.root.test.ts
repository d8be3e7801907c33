import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { engineFor, registryFor } from '../plugins/registry/support/scene.js';
import type { TestEngine } from '../support/engine.js';
import type { RealRegistry } from '../support/registry.js';

function scratch(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-interop-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const skopeo = (...args: string[]): string =>
  execFileSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const digestIn = (output: string): string | undefined => /sha256:[0-9a-f]{64}/.exec(output)?.[0];
const digestAt = (name: string): string =>
  skopeo('inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${name}`).trim();

test.serial('push, push again, mount, pull, run; the digest stays from registry to registry', async (t) => {
  const [first, second, third] = [await registryFor(t), await registryFor(t), await registryFor(t)];
  const engine = await engineFor(t, true, 'busybox');
  await engine.ok('tag', 'busybox', `${first.host}/app:1`);
  const pushed = await engine.ok('push', `${first.host}/app:1`);
  t.regex(pushed, /: Pushed\n1: digest: sha256:[0-9a-f]{64} size: \d+$/);
  t.regex(await engine.ok('push', `${first.host}/app:1`), /: Layer already exists\n/);
  await engine.ok('tag', 'busybox', `${first.host}/team/other`);
  t.regex(await engine.ok('push', `${first.host}/team/other`), /: Mounted from app\n/);
  const digest = digestIn(pushed) ?? '';
  const others = [await engineFor(t), await engineFor(t)];
  for (const [index, [from, to]] of [
    [first, second],
    [second, third],
  ].entries() as ArrayIterator<[number, [RealRegistry, RealRegistry]]>) {
    const other = others[index] as TestEngine;
    await other.ok('pull', `${from.host}/app:1`);
    await other.ok('tag', `${from.host}/app:1`, `${to.host}/app:1`);
    t.is(digestIn(await other.ok('push', `${to.host}/app:1`)), digest);
    t.is(digestAt(`${to.host}/app:1`), digest);
  }
  const { code, stdout, stderr } = await engine.docker([
    'run',
    '--rm',
    '--pull',
    'always',
    `${third.host}/app:1`,
    'echo',
    'hi',
  ]);
  t.deepEqual([code, stdout], [0, 'hi\n'], stderr);
  t.is(await engine.ok('pull', '-q', `${third.host}/app@${digest}`), `${third.host}/app@${digest}`);
});

for (const compression of ['gzip', 'zstd']) {
  test.serial(
    `an image that podman has built (${compression}): pulled, run, pushed with the same digest`,
    async (t) => {
      const [registry, other, engine, folder] = [
        await registryFor(t),
        await registryFor(t),
        await engineFor(t),
        scratch(t),
      ];
      const podman = (...args: string[]): string =>
        execFileSync('podman', ['--root', `${folder}/root`, '--runroot', `${folder}/run`, ...args], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      const busybox = execFileSync('sh', ['scripts/image.sh', 'busybox'], { encoding: 'utf8' }).trim();
      podman('import', '-c', 'CMD ["/bin/echo","from podman"]', busybox, 'made');
      podman(
        'push',
        '-q',
        '--tls-verify=false',
        '--compression-format',
        compression,
        'made',
        `${registry.host}/made:1`,
      );
      t.is(await engine.ok('run', '--rm', '-q', `${registry.host}/made:1`), 'from podman');
      await engine.ok('tag', `${registry.host}/made:1`, `${other.host}/again:1`);
      await engine.ok('push', '-q', `${other.host}/again:1`);
      t.is(digestAt(`${other.host}/again:1`), digestAt(`${registry.host}/made:1`));
      // And back: what was pushed runs there too.
      podman('pull', '-q', '--tls-verify=false', `${other.host}/again:1`);
      t.regex(podman('images'), /again/);
    },
  );
}

test.serial('what was made here is read by skopeo, layer by layer', async (t) => {
  const [registry, engine, folder] = [await registryFor(t), await engineFor(t, true, 'busybox'), scratch(t)];
  await engine.ok('run', '--name', 'maker', '--network', 'none', 'busybox', 'touch', '/new');
  await engine.ok('commit', 'maker', `${registry.host}/made:1`);
  await engine.ok('push', '-q', `${registry.host}/made:1`);
  skopeo('copy', '-q', '--src-tls-verify=false', `docker://${registry.host}/made:1`, `oci:${folder}/made:1`);
  const index = JSON.parse(readFileSync(`${folder}/made/index.json`, 'utf8')) as { manifests: { digest: string }[] };
  t.is(index.manifests[0]?.digest, digestAt(`${registry.host}/made:1`));
  const fresh = await engineFor(t);
  t.is(await fresh.ok('run', '--rm', '-q', '--network', 'none', `${registry.host}/made:1`, 'ls', '/new'), '/new');
});
