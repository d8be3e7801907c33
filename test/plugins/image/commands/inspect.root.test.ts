import test from 'ava';
import { Distribution } from '../../../../src/plugins/image/index.js';
import { imageCalls } from '../support/client.js';
import { graphOf, imported } from '../support/imported.js';
import { stream, tar } from '../support/tars.js';

const DIGEST = `sha256:${'d'.repeat(64)}`;

async function pulled(t: Parameters<typeof imageCalls>[0]) {
  const calls = imageCalls(t);
  const id = await imported(calls, 'me/app:1');
  await calls.services.ensure([Distribution]);
  const manifest = { repository: 'docker.io/me/app', digest: DIGEST, mediaType: 'x', bytes: Buffer.from('{}') };
  calls.services.resolve(Distribution).recordManifest(id, manifest);
  return { calls, id };
}

test('all that is known of an image, with its names, digests and history', async (t) => {
  const { calls, id } = await pulled(t);
  const { stdout, exitCode, stderr } = await calls.docker(['image', 'inspect', 'me/app:1', 'nosuch']);
  const [image] = JSON.parse(stdout);
  t.like(image, { Id: id, RepoTags: ['me/app:1'], RepoDigests: [`me/app@${DIGEST}`], Os: 'linux', Size: 1234 });
  t.is(image.History.length, 1);
  t.is(exitCode, 1);
  t.is(stderr, 'Error: No such image: nosuch:latest\n');
});

test('a digest is a name as long as the image is here', async (t) => {
  const { calls, id } = await pulled(t);
  const graph = await graphOf(calls);
  t.is(graph.get(`me/app@${DIGEST}`).id, id);
  t.throws(() => graph.get(`me/other@${DIGEST}`), { message: `No such image: me/other@${DIGEST}` });
  t.regex(
    (await calls.docker(['images', '--digests'])).stdout,
    /^REPOSITORY +TAG +DIGEST .*\nme\/app +1 +sha256:d{64} /,
  );
  await calls.docker(['rmi', 'me/app:1']);
  t.throws(() => graph.get(`me/app@${DIGEST}`));
});

test('a tree of images', async (t) => {
  const calls = imageCalls(t);
  const graph = await graphOf(calls);
  const base = await imported(calls, 'base');
  const child = await graph.create(stream(tar([])), { parent: base });
  const grandchild = await graph.create(stream(tar([{ path: 'x', body: 'x' }])), { parent: child.id });
  const other = await graph.create(stream(tar([{ path: 'y', body: 'y' }])), { parent: base });
  const short = (id: string): string => id.slice(7, 19);
  t.is(
    (await calls.docker(['images', '--tree'])).stdout,
    `└─${short(base)} Size: 1.23kB Tags: base:latest\n` +
      `  ├─${short(other.id)} Size: 1.24kB\n` +
      `  └─${short(child.id)} Size: 1.23kB\n` +
      `    └─${short(grandchild.id)} Size: 1.24kB\n`,
  );
});

test('history by a template, as JSON, and in plain numbers', async (t) => {
  const calls = imageCalls(t);
  await imported(calls, '-m', 'made', 'base');
  t.is((await calls.docker(['history', '--format', '{{.Size}} {{.Comment}}', 'base'])).stdout, '1.23kB made\n');
  t.regex((await calls.docker(['history', '--human=false', 'base'])).stdout, /CREATED AT.*\n.*T.*Z.* 1234 +made\n/);
  t.is(JSON.parse((await calls.docker(['history', '--format', 'json', 'base'])).stdout).Comment, 'made');
});
