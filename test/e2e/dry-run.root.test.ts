import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { engineFor, imageTar, type TestEngine } from '../support/engine.js';
import { dry, prepare, rows } from './dry-run-cases.js';

const given = engineFor(test);

/**
 * What a dry run must leave as it is: what the engine tells, each row of its database, and each file of its root. Of the root
 * folder itself only that it is there: the daemon renames its copy of the database into it from time to time.
 */
async function stateOf(engine: TestEngine): Promise<string> {
  const lists = [
    ['ps', '-a', '--no-trunc', '-q'],
    ['images', '-a', '--no-trunc', '-q'],
    ['volume', 'ls'],
    ['socket', 'ls'],
  ];
  const told = await Promise.all(lists.map((line) => engine.ok(...line)));
  const running = await engine.ok('ps', '-q');
  const found = ['-mindepth', '1', '-not', '-name', 'gantry.db*', '-printf', '%p %y %s %T@\n'];
  const files = execFileSync('find', [engine.root, ...found], { encoding: 'utf8' });
  return [...told, running, files, rowsOf(join(engine.root, 'gantry.db'))].join('\n');
}

function rowsOf(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    return tables
      .flatMap(({ name }) => [`table ${name}`, ...database.prepare(`SELECT * FROM "${name}"`).all()])
      .map((row) => JSON.stringify(row))
      .join('\n');
  } finally {
    database.close();
  }
}

/** Ids differ from run to run. */
const anonymous = (text: string): string => text.replace(/\b[0-9a-f]{64}\b/g, 'ID').replace(/\b[0-9a-f]{12}\b/g, 'ID');

test.serial('a dry run tells what would be done or refused, and does nothing of it', async (t) => {
  const { engine } = given;
  await prepare(engine);
  const before = await stateOf(engine);
  for (const [line, code, stdout, stderr] of rows) {
    const answer = await engine.docker(dry(line));
    const told = { code: answer.code, stdout: anonymous(answer.stdout), stderr: anonymous(answer.stderr) };
    t.deepEqual(told, { code, stdout, stderr }, line);
  }
  t.is(await stateOf(engine), before);
});

test.serial('an archive is opened, and not read', async (t) => {
  const { engine } = given;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(request.url === '/there' ? 200 : 404).write('no archive');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const told = 'would create an image of one layer';
  t.is(await engine.ok('import', '--dry-run', `${url}/there`), told);
  t.like(await engine.docker(['import', '--dry-run', `${url}/gone`]), { code: 1, stdout: '' });
  t.deepEqual(requests, ['GET /there', 'GET /gone']);
  t.is(await engine.ok('import', '--dry-run', imageTar('busybox')), told);
});

test.serial('without a daemon none is started, and nothing else', async (t) => {
  const { engine } = given;
  await engine.stopDaemon();
  t.teardown(() => engine.startDaemon());
  t.deepEqual(await engine.docker(['run', '-d', '--dry-run', 'busybox', 'ls']), {
    code: 0,
    stdout: 'would create a container with a random name from busybox (network bridge)\nwould start it\n',
    stderr: '',
  });
  t.is((await engine.ok('version')).includes('no daemon'), true);
});
