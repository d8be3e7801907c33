import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';

const root = join(import.meta.dirname, '../../..');

/** The scripts alone: whatever they install or build would show beside them. */
async function bareProject(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-scripts-'));
  t.teardown(() => rm(folder, { recursive: true }));
  await chmod(folder, 0o777);
  await cp(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  return folder;
}

function run(argv: string[], options: Omit<SpawnSyncOptionsWithStringEncoding, 'encoding'>) {
  const [command = '', ...args] = argv;
  const { status, stderr } = spawnSync(command, args, { ...options, encoding: 'utf8' });
  return { status, stderr };
}

test('without root, quickstart says so and changes nothing', async (t) => {
  const cwd = await bareProject(t);
  const { status, stderr } = run(['sh', 'scripts/quickstart.sh'], { cwd, uid: 65534, gid: 65534 });
  t.is(status, 1);
  t.regex(stderr, /You are not root \(uid 65534\)/);
  t.regex(stderr, /Nothing was changed/);
  t.deepEqual(await readdir(cwd), ['scripts']);
});

test('without namespaces, quickstart says so and changes nothing', async (t) => {
  const cwd = await bareProject(t);
  const weak = ['setpriv', '--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin'];
  const { status, stderr } = run([...weak, 'sh', 'scripts/quickstart.sh'], { cwd });
  t.is(status, 1);
  t.regex(stderr, /Namespaces cannot be made/);
  t.regex(stderr, /Nothing was changed/);
  t.deepEqual(await readdir(cwd), ['scripts']);
});

test('without npm, setup prints the line that installs it', async (t) => {
  const cwd = await bareProject(t);
  const bin = join(cwd, 'bin');
  await mkdir(bin);
  for (const tool of ['sh', 'dirname', 'uname']) await symlink(`/usr/bin/${tool}`, join(bin, tool));
  const { status, stderr } = run(['sh', 'scripts/setup.sh', 'modules'], { cwd, env: { PATH: bin } });
  t.is(status, 1);
  t.regex(stderr, /There is no npm.*apt-get install -y nodejs npm/);
});

test('a level that is not there is named', async (t) => {
  const cwd = await bareProject(t);
  const { status, stderr } = run(['sh', 'scripts/setup.sh', 'everything'], { cwd });
  t.is(status, 1);
  t.regex(stderr, /no level 'everything'/);
});
