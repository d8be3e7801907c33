import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { bridgePrefix } from '../../../../src/plugins/network/bridge/orphans.js';
import { eventually, TestEngine } from '../../../support/engine.js';

const PAGE = 4096;

/** Without a daemon. What is in it, and a copy of its database with all of that, are there anew before each test. */
let engine: TestEngine;
let saved: string;
let before: string;

test.before(async () => {
  engine = new TestEngine();
  saved = `${engine.root}.saved`;
  await engine.importImage('busybox');
  await engine.startDaemon();
  await engine.ok('run', '--name', 'one', '-v', 'site:/site', 'busybox', 'sh', '-c', 'echo said; echo x >/file');
  await engine.ok('create', '--name', 'two', 'busybox', 'true');
  await engine.ok('network', 'create', 'net');
  before = await everything();
  await engine.stopDaemon();
  rmSync(join(engine.root, 'gantry.db.copy'), { force: true });
  // A call by its own process makes the copy.
  await engine.ok('ps');
  copyFolder(engine.root, saved);
});

test.serial.beforeEach(() => {
  rmSync(engine.root, { recursive: true });
  copyFolder(saved, engine.root);
});

test.serial.afterEach.always(() => engine.stopDaemon('SIGKILL'));

test.after.always(async () => {
  if (!existsSync(join(engine.root, 'gantry.db'))) copyFolder(saved, engine.root);
  await engine.destroy();
  rmSync(saved, { recursive: true, force: true });
  removeBridges(engine);
});

/** With owners, links, times and extended attributes. */
function copyFolder(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}

function damagePage(path: string, page: number, length = PAGE): void {
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.alloc(length, 0xa7), 0, length, page * PAGE);
  closeSync(fd);
}

const DAMAGE: readonly [what: string, damage: (path: string) => void, message: RegExp][] = [
  ['a header of nonsense', (path) => damagePage(path, 0, 100), /gantry\.db is damaged \(/],
  ['half of it missing', (path) => truncateSync(path, statSync(path).size / 2), /gantry\.db is damaged \(/],
  [
    'nothing in it',
    (path) => truncateSync(path, 0),
    /gantry\.db is empty, and there are containers, images or volumes \(/,
  ],
  ['no file', (path) => rmSync(path), /gantry\.db is missing, and there are containers, images or volumes \(/],
  [
    'a folder in its place',
    (path) => {
      rmSync(path);
      mkdirSync(path);
    },
    /gantry\.db is no file \(/,
  ],
  ['text in its place', (path) => writeFileSync(path, 'not a database at all'.repeat(100)), /gantry\.db is damaged \(/],
];

for (const [what, damage, message] of DAMAGE) {
  test.serial(`a database with ${what} is refused, not taken for new; its copy brings all back`, async (t) => {
    damage(join(engine.root, 'gantry.db'));
    for (const args of [['-d'], ['ps']]) {
      const { code, stderr } = await engine.docker(args);
      t.true(code !== 0);
      t.regex(stderr, message);
      t.regex(stderr, /docker system check --repair/);
    }
    t.is((await engine.docker(['system', 'check'])).code, 1);
    const { code, stdout } = await engine.docker(['system', 'check', '--repair']);
    t.is(code, 0, stdout);
    t.regex(stdout, /^database .*gantry\.db: .*: made anew of what could be read\n/);
    await engine.startDaemon();
    t.is(await everything(), before);
    t.is(await engine.ok('start', '-a', 'one'), 'said');
  });
}

test.serial('pages of nonsense cost what is on them at most, and the copy has that', async (t) => {
  const path = join(engine.root, 'gantry.db');
  const pages = statSync(path).size / PAGE;
  for (let page = 1; page < pages; page += 3) damagePage(path, page);
  t.is((await engine.docker(['system', 'check', '--repair'])).code, 0);
  await engine.startDaemon();
  t.is(await everything(), before);
  t.true(readdirSync(engine.root).includes('gantry.db.damaged-1'));
});

test.serial('without a copy, containers and volumes come back from their own folders', async (t) => {
  for (const name of ['gantry.db', 'gantry.db.copy']) rmSync(join(engine.root, name), { force: true });
  const { stdout } = await engine.docker(['system', 'check', '--repair']);
  t.regex(stdout, /^volume site: .*: taken back$/m);
  for (const name of ['one', 'two']) {
    t.regex(stdout, new RegExp(`^container ${name} .*: the database does not know it: taken back`, 'm'));
    t.regex(
      stdout,
      new RegExp(`^container ${name} .*: its image [0-9a-f]{12} is not there \\(Pull or load busybox again`, 'm'),
    );
  }
  t.true(readdirSync(join(engine.root, 'lost')).some((name) => name.startsWith('layers-')));
  await engine.startDaemon();
  t.is(await engine.ok('logs', 'one'), 'said');
  await engine.ok('rm', 'two');
});

test.serial('a repair is refused while a daemon runs', async (t) => {
  await engine.startDaemon();
  // One that is only about to begin would not survive.
  await eventually(() => existsSync(join(engine.root, 'run/gantry.pid')));
  const database = new DatabaseSync(join(engine.root, 'gantry.db'));
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const path = join(engine.root, 'gantry.db');
  for (let page = 0; page < statSync(path).size / PAGE; page++) damagePage(path, page);
  const { code, stdout } = await engine.docker(['system', 'check', '--repair']);
  t.is(code, 1);
  t.regex(stdout, /not repaired: a daemon uses it: stop that, and repair it then/);
  await engine.stopDaemon('SIGKILL');
  t.is((await engine.docker(['system', 'check', '--repair'])).code, 0);
});

/** Those of networks that a lost database knew. */
function removeBridges({ root }: TestEngine): void {
  const prefix = bridgePrefix({ root });
  for (const name of readdirSync('/sys/class/net')) {
    if (name.startsWith(prefix)) spawnSync('ip', ['link', 'del', name]);
  }
}

/** What there is, for comparison. A daemon tells it. */
async function everything(): Promise<string> {
  const containers = await engine.ok('ps', '-a', '--no-trunc', '--format', '{{.ID}} {{.Names}} {{.Image}}');
  const images = await engine.ok('images', '--no-trunc', '--format', '{{.ID}} {{.Repository}}');
  const networks = await engine.ok('network', 'ls', '-q');
  return [containers, images, networks, await engine.ok('volume', 'ls', '-q')].join('\n');
}

test.serial('nobody but root reads the copy, and what a killed process left of one is gone', async (t) => {
  rmSync(join(engine.root, 'gantry.db.copy'), { force: true });
  writeFileSync(join(engine.root, 'gantry.db.copy.99999999.new'), 'half');
  await engine.ok('ps');
  t.deepEqual(
    readdirSync(engine.root).filter((name) => name.includes('.copy')),
    ['gantry.db.copy'],
  );
  rmSync(join(engine.root, 'gantry.db'));
  await engine.ok('system', 'check', '--repair');
  for (const name of ['gantry.db', 'gantry.db.copy']) t.is(statSync(join(engine.root, name)).mode & 0o777, 0o600, name);
});
