import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import test from 'ava';
import { PROJECT } from '../support/engine.js';
import { isAlive } from './host-processes.js';
import { removeLeftovers } from './leftovers.js';

/** A run with an engine, a container and a network; it prints what it has when all of that is there. */
const RUN = `
import { newRunFolder } from '${PROJECT}dist/test/runner/run-folder.js';
const folder = newRunFolder();
process.env.TMPDIR = process.env.GANTRY_TEST_RUN = folder;
const { TestEngine } = await import('${PROJECT}dist/test/support/engine.js');
const engine = await TestEngine.withDaemon();
await engine.importImage('busybox');
await engine.ok('network', 'create', 'net');
await engine.ok('run', '-d', 'busybox', 'sleep', '1000');
const pid = Number(await engine.ok('inspect', '-f', '{{.State.Pid}}', await engine.ok('ps', '-q')));
console.log(JSON.stringify({ folder, bridge: engine.bridge, pids: [engine.daemonPid, pid] }));
await new Promise(() => setInterval(() => {}, 1000));
`;

test('what a killed run leaves is removed by the next, and told', async (t) => {
  const run = spawn(process.execPath, ['--input-type=module', '-e', RUN], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: run.stdout }), 'line')) as [string];
  const { folder, bridge, pids } = JSON.parse(line) as { folder: string; bridge: string; pids: number[] };
  const told: string[] = [];
  await removeLeftovers((each) => told.push(each));
  t.deepEqual(told, [], 'a run that lives is left alone');
  t.true(pids.every(isAlive));

  const links = readdirSync('/sys/class/net');
  run.kill('SIGKILL');
  await once(run, 'exit');
  await removeLeftovers((each) => told.push(each));
  t.true(told[0]?.startsWith(`A killed run has left ${folder}`));
  t.true(told.some((each) => each.startsWith(`  process ${pids[0]}: `)));
  t.false(pids.some(isAlive), told.join('\n'));
  t.false(existsSync(folder));
  t.true(links.includes(bridge));
  t.false(readdirSync('/sys/class/net').includes(bridge));
  t.false(readFileSync('/proc/self/mounts', 'utf8').includes(folder));
});
