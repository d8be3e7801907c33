import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { engineFor, eventually, type Result } from '../../../support/engine.js';

const given = engineFor(test);

const check = (...flags: string[]): Promise<Result> => given.engine.quick(['system', 'check', ...flags]);

async function create(name: string, ...args: string[]): Promise<{ readonly id: string; readonly folder: string }> {
  const id = await given.engine.ok(
    'create',
    '--name',
    name,
    ...args,
    'busybox',
    'sh',
    '-c',
    'echo said; echo x >/file',
  );
  return { id, folder: join(given.engine.root, 'containers', id) };
}

function sql(statement: string, ...values: string[]): void {
  const database = new DatabaseSync(join(given.engine.root, 'gantry.db'), { timeout: 10_000 });
  database.prepare(statement).run(...values);
  database.close();
}

/** One thing is wrong: it is told, a dry run changes nothing, the repair is told, and then all is well. */
function assertRepaired(t: ExecutionContext, problem: RegExp, repair: RegExp): Promise<void> {
  return assertAllRepaired(t, [[problem, repair]]);
}

/** The same, where several things are wrong. */
async function assertAllRepaired(
  t: ExecutionContext,
  wrong: readonly [problem: RegExp, repair: RegExp][],
): Promise<void> {
  const found = await check();
  for (const [problem] of wrong) t.regex(found.stdout, problem);
  t.is(found.stdout.trimEnd().split('\n').length, wrong.length, found.stdout);
  t.is(found.code, 1);
  t.regex((await check('--repair', '--dry-run')).stdout, /^would /);
  t.is((await check()).stdout, found.stdout);
  const repaired = await check('--repair');
  for (const [, repair] of wrong) t.regex(repaired.stdout, repair);
  t.is(repaired.code, 0);
  t.deepEqual(await check(), { code: 0, stdout: 'All is well\n', stderr: '' });
}

test.serial('where nothing is wrong, it says so', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'runs', '-p', '80', '-v', 'site:/site', 'busybox', 'sleep', '1000');
  t.deepEqual(await engine.docker(['system', 'check', '--digests']), { code: 0, stdout: 'All is well\n', stderr: '' });
  t.is((await check('--repair', '--dry-run')).stdout, 'would change nothing\n');
});

const DAMAGE: readonly [what: string, damage: (folder: string) => void, problem: RegExp, repair: RegExp][] = [
  [
    'a folder that is missing',
    (folder) => rmSync(folder, { recursive: true }),
    /: its folder is missing$/m,
    /: its folder is missing: made anew, empty$/m,
  ],
  [
    'a folder that is a file',
    (folder) => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, 'damage');
    },
    /: its folder is no folder$/m,
    /.*: made anew, empty$/m,
  ],
  [
    'a hosts file that is a folder',
    (folder) => {
      rmSync(join(folder, 'hosts'), { force: true });
      mkdirSync(join(folder, 'hosts'));
    },
    /: its file hosts is no file$/m,
    /.*: deleted: the next start makes it anew$/m,
  ],
  [
    'a record of nonsense',
    (folder) => writeFileSync(join(folder, 'container.json'), '{"id":'),
    /: its own record, container.json, is missing or damaged$/m,
    /.*: written anew$/m,
  ],
  [
    'a record that is a folder',
    (folder) => {
      rmSync(join(folder, 'container.json'));
      mkdirSync(join(folder, 'container.json'));
    },
    /: its own record, container.json, is missing or damaged$/m,
    /.*: written anew$/m,
  ],
  [
    'a log that is cut in the middle',
    (folder) => truncateSync(join(folder, 'log.0'), 18),
    /: its log is damaged: .*\/log\.0$/m,
    /.*: what could not be read was cut off$/m,
  ],
  [
    'a log that is a folder',
    (folder) => {
      rmSync(join(folder, 'log.0'));
      mkdirSync(join(folder, 'log.0'));
    },
    /: its log is damaged: .*\/log\.0$/m,
    /.*: what could not be read was cut off$/m,
  ],
];

test.serial(
  'damaged files cost the containers that they belong to, which are named, repaired, and start again',
  async (t) => {
    const { engine } = given;
    for (const [index, [, damage]] of DAMAGE.entries()) {
      const { folder } = await create(`hurt${index}`);
      await engine.ok('start', '-a', `hurt${index}`);
      damage(folder);
    }
    t.is(await engine.ok('ps', '-a', '--filter', 'name=runs', '--format', '{{.Names}}'), 'runs');
    const wrong = DAMAGE.map(
      ([, , problem, repair], index) => [of(index, problem), of(index, repair)] as [RegExp, RegExp],
    );
    await assertAllRepaired(t, wrong);
    for (const [index, [what]] of DAMAGE.entries()) {
      t.is(await engine.ok('start', '-a', `hurt${index}`), 'said', what);
      await engine.ok('rm', `hurt${index}`);
    }
  },
);

/** The line of one of the containers above, with what is said of it. */
function of(index: number, says: RegExp): RegExp {
  return new RegExp(`^container hurt${index} \\([0-9a-f]{12}\\)${says.source}`, 'm');
}

test.serial('a container that runs in its row alone is named', async (t) => {
  const id = await given.engine.ok('run', '-d', '--name', 'fallen', 'busybox', 'sleep', '1000');
  const pid = await given.engine.ok('inspect', '-f', '{{.State.Pid}}', id);
  sql('UPDATE containers SET pid = 1 WHERE id = ?', id);
  t.regex((await check()).stdout, /^container fallen \(\w{12}\): runs by its row, and its program does not\n$/);
  sql('UPDATE containers SET pid = ? WHERE id = ?', pid, id);
  t.is((await check()).stdout, 'All is well\n');
  await given.engine.ok('rm', '-f', id);
});

test.serial('a row of nonsense costs one container, which its own folder brings back', async (t) => {
  const { engine } = given;
  const { id } = await create('hurt', '-e', 'A=b');
  sql("UPDATE containers SET config = '{\"image\": \u00ff', health = '{' WHERE id = ?", id);
  t.is(await engine.ok('ps', '-a', '--format', '{{.Names}}'), 'runs');
  const { code, stderr } = await engine.quick(['start', 'hurt']);
  t.is(code, 1);
  t.regex(stderr, /what the database has of container hurt is damaged \(`docker system check --repair` brings back/);
  await assertRepaired(t, /container hurt \(.*its row in the database is damaged/, /taken from its own folder/);
  t.is(await engine.ok('inspect', '-f', '{{.Config.Env}}', 'hurt'), '[A=b]');
  await engine.ok('rm', 'hurt');
});

test.serial('where its own folder knows nothing either, it is forgotten, and its files are kept', async (t) => {
  const { engine } = given;
  const { id, folder } = await create('hurt');
  await engine.ok('start', '-a', 'hurt');
  rmSync(join(folder, 'container.json'));
  sql("UPDATE containers SET config = '' WHERE id = ?", id);
  await assertRepaired(
    t,
    /container hurt \(.*its row in the database is damaged/,
    /its files are in the root's folder lost/,
  );
  const [kept = ''] = readdirSync(join(engine.root, 'lost')).filter((name) => name.startsWith(`${id}-`));
  t.is(readFileSync(join(engine.root, 'lost', kept, 'upper/file'), 'utf8'), 'x\n');
});

test.serial('a container that the database has lost is taken back with all that it wrote', async (t) => {
  const { engine } = given;
  const { id } = await create('hurt', '-v', 'site:/site');
  await engine.ok('start', '-a', 'hurt');
  sql('DELETE FROM containers WHERE id = ?', id);
  await assertRepaired(
    t,
    /^container hurt \(.*: the database does not know it$/m,
    /: taken back, from its own folder$/m,
  );
  t.is(await engine.ok('start', '-a', 'hurt'), 'said');
  t.regex(await engine.ok('diff', 'hurt'), /\/file/);
  await engine.ok('rm', 'hurt');
});

test.serial('what belongs to no container is taken off the host', async (t) => {
  const { engine } = given;
  const stray = join(engine.root, 'containers', 'f'.repeat(64));
  const run = join(engine.root, 'run/c', 'e'.repeat(64));
  mkdirSync(join(stray, 'upper'), { recursive: true });
  mkdirSync(join(run, 'rootfs'), { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'left', join(run, 'rootfs')]);
  const link = `x${engine.bridge}`.slice(0, 14);
  const peer = ['type', 'veth', 'peer', 'name', `${link}p`];
  execFileSync('ip', ['link', 'add', link, 'master', engine.bridge, ...peer]);
  sql("INSERT INTO network_port (protocol, port, address, container_port, holder) VALUES ('tcp', 9, '', 9, 'dddd')"); // Given back by the daemon itself.
  const found = await eventually(async () => {
    const { stdout } = await check();
    return stdout.includes('folder') && stdout.includes('run folder') && !stdout.includes('lease of') && stdout;
  });
  for (const what of [/^folder .*f{64}: belongs/m, /^run folder .*e{64}: is of/m, /^mount .*rootfs: /m, /^link x/m])
    t.regex(found, what);
  const { code, stdout } = await check('--repair');
  t.is(code, 0, stdout);
  t.deepEqual(await check(), { code: 0, stdout: 'All is well\n', stderr: '' });
  t.false(existsSync(stray) || existsSync(run));
  t.notRegex(readFileSync('/proc/mounts', 'utf8'), new RegExp(run));
});

test.serial('bridge and packet rules are made anew', async (t) => {
  const { engine } = given;
  // A daemon mends them by itself, at the second look.
  await engine.stopDaemon();
  t.is(spawnSync('nft', ['flush', 'table', 'inet', engine.bridge]).status, 0);
  await assertRepaired(t, /^nftables table .* missing or changed$/m, /: made anew$/m);
  t.is(spawnSync('ip', ['addr', 'flush', 'dev', engine.bridge]).status, 0);
  await assertRepaired(t, /^bridge .* is missing, or has not the addresses/m, /: made anew$/m);
  const { stdout } = spawnSync('ip', ['-o', 'link', 'show', 'master', engine.bridge], { encoding: 'utf8' });
  const link = /veth[0-9a-f]{8}/.exec(stdout)?.[0] ?? '';
  t.is(spawnSync('ip', ['link', 'set', link, 'nomaster']).status, 0);
  await assertRepaired(t, /^link veth.* of container .* is not on /m, /: put there$/m);
  await engine.startDaemon();
});

test.serial('volumes: what is missing is made anew, what is unknown is taken back', async (t) => {
  const { engine } = given;
  await engine.ok('volume', 'create', 'gone');
  rmSync(join(engine.root, 'volumes/gone'), { recursive: true });
  await assertRepaired(t, /^volume gone: its folder .* is missing$/m, /: made anew, empty$/m);
  mkdirSync(join(engine.root, 'volumes/found/_data'), { recursive: true });
  await assertRepaired(t, /^volume found: there is a folder of it/m, /: taken back$/m);
  t.regex(await engine.ok('volume', 'ls', '-q'), /^found$/m);
});

test.serial('labels of nonsense cost the labels of one volume or network', async (t) => {
  const { engine } = given;
  await engine.ok('network', 'create', '--label', 'a=b', 'labelled');
  for (const [table, name] of [
    ['volumes', 'found'],
    ['network', 'labelled'],
  ] as const) {
    sql(`UPDATE ${table} SET labels = '{"a' WHERE name = ?`, name);
    t.regex(await engine.ok(table === 'network' ? table : 'volume', 'ls', '-q'), /./);
    await assertRepaired(
      t,
      new RegExp(`^(volume|network) ${name}: what the database has of its labels`, 'm'),
      /: forgotten$/m,
    );
  }
});

test.serial('an image that lacks a layer is named with what to do, and a load brings it back', async (t) => {
  const { engine } = given;
  const archive = join(engine.root, 'saved.tar');
  await engine.ok('save', '-o', archive, 'busybox');
  const [layer = ''] = readdirSync(join(engine.root, 'layers'));
  for (const folder of ['layers', 'recipes']) {
    rmSync(join(engine.root, folder, layer), { recursive: true });
    const { code, stdout } = await check('--repair');
    t.is(code, 1);
    t.regex(stdout, /^image busybox:latest \([0-9a-f]{12}\): its layer [0-9a-f]{12} .*missing \(Pull or load it again/);
    if (folder === 'layers') {
      const { stderr } = await engine.quick(['run', '--rm', 'busybox', 'true']);
      t.regex(stderr, /layer [0-9a-f]{12} of image [0-9a-f]{12} is missing \(Pull or load the image again/);
    }
    await engine.ok('load', '-i', archive);
    t.is((await check('--digests')).stdout, 'All is well\n');
    t.is((await engine.quick(['run', '--rm', 'busybox', 'true'])).code, 0);
  }
});

test.serial('--digests finds a file of a layer that is not what it was', async (t) => {
  const { engine } = given;
  const archive = join(engine.root, 'whole.tar');
  await engine.ok('save', '-o', archive, 'busybox');
  const [layer = ''] = readdirSync(join(engine.root, 'layers'));
  writeFileSync(join(engine.root, 'layers', layer, 'bin/busybox'), 'damage');
  t.is((await check()).stdout, 'All is well\n');
  t.regex((await check('--digests')).stdout, /^image busybox:latest .* is not what its digest says/);
  t.regex((await check('--digests', '--repair')).stdout, /: put aside; pull or load the image again$/m);
  await engine.ok('load', '-i', archive);
  t.is((await check('--digests')).stdout, 'All is well\n');
});

test.serial(
  'an image whose configuration is damaged costs the others nothing, and comes back from the copy',
  async (t) => {
    const { engine } = given;
    const child = await engine.ok('commit', 'runs', 'child');
    await engine.stopDaemon();
    rmSync(join(engine.root, 'gantry.db.copy'), { force: true });
    await engine.ok('images');
    await engine.startDaemon();
    sql("UPDATE images SET config = x'7b00ff' WHERE id = ?", child);
    t.is(await engine.ok('images', '--format', '{{.Repository}}'), 'child\nbusybox');
    const { stderr } = await engine.quick(['run', '--rm', 'child', 'true']);
    t.regex(stderr, /the configuration of image [0-9a-f]{12} is damaged \(`docker system check --repair` brings back/);
    await assertRepaired(
      t,
      /^image child:latest .*: its configuration is not what its id says/m,
      /: taken from the copy$/m,
    );
    t.is((await engine.quick(['run', '--rm', 'child', 'true'])).code, 0);
  },
);
