import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { PROJECT, TestEngine } from '../../support/engine.js';

/** The validator is Debian's python3-jsonschema, the schemas are those of the OCI image specification. */
/** Debian's, which has Debian's packages. */
const PYTHON = '/usr/bin/python3';
const VALIDATE = join(PROJECT, 'test/e2e/images/oci-schemas/validate.py');

const CHANGES = [
  'CMD ["sh", "-c", "true"]',
  'ENTRYPOINT ["/bin/env"]',
  'ENV A=1 B="2 3"',
  'EXPOSE 80 53/udp',
  'HEALTHCHECK --interval=5s CMD true',
  'LABEL a=1 b=',
  'ONBUILD RUN true',
  'STOPSIGNAL SIGINT',
  'USER 1000:1000',
  'VOLUME /data',
  'WORKDIR /work',
];

interface Descriptor {
  readonly digest: string;
}

test('what import, commit and save write is what the OCI image specification says', async (t) => {
  const engine = new TestEngine();
  const folder = mkdtempSync(join(tmpdir(), 'gantry-schema-'));
  t.teardown(async () => {
    await engine.destroy();
    rmSync(folder, { recursive: true });
  });
  await engine.importImage('busybox');
  const changes = CHANGES.flatMap((change) => ['--change', change]);
  await engine.ok('run', '--name', 'one', 'busybox', 'touch', '/made');
  await engine.ok('commit', '-a', 'Someone <a@example.com>', '-m', 'made', ...changes, 'one', 'committed:1');
  await engine.ok('commit', 'one', 'plain');
  await engine.ok('save', '-o', join(folder, 'saved.tar'), 'busybox', 'committed:1', 'plain');
  execFileSync('tar', ['-xf', join(folder, 'saved.tar'), '-C', folder]);

  const blob = ({ digest }: Descriptor): string => join(folder, 'blobs/sha256', digest.slice('sha256:'.length));
  const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const manifests = (json(join(folder, 'index.json')).manifests as Descriptor[]).map(blob);
  const configs = manifests.map((path) => blob(json(path).config));
  t.is(new Set(configs).size, 3);
  const checks = [
    ...['image-layout-schema.json', join(folder, 'oci-layout'), 'image-index-schema.json', join(folder, 'index.json')],
    ...manifests.flatMap((path) => ['image-manifest-schema.json', path]),
    ...configs.flatMap((path) => ['config-schema.json', path]),
  ];
  const { status, stdout, stderr } = spawnSync(PYTHON, [VALIDATE, ...checks], { encoding: 'utf8' });
  t.is(status, 0, stdout + stderr);
  const committed = configs.map(json).find(({ author }) => author);
  t.like(committed, {
    author: 'Someone <a@example.com>',
    config: { Env: ['A=1', 'B=2 3'], User: '1000:1000', Volumes: { '/data': {} }, OnBuild: ['RUN true'] },
  });

  // The validator does see what is wrong.
  const bad = join(folder, 'bad.json');
  writeFileSync(bad, JSON.stringify({ ...committed, config: { Env: 'A=1' } }));
  const refused = spawnSync(PYTHON, [VALIDATE, 'config-schema.json', bad], { encoding: 'utf8' });
  t.is(refused.stdout, `${bad}: config/Env: 'A=1' is not of type 'array'\n`);
});
