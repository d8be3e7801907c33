import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { LocalCall } from '../../../src/kernel/calls/local-call.js';
import type { Client } from '../../../src/kernel/contracts/client.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { ServiceHost } from '../../../src/kernel/services/service-host.js';
import { CallerLimits } from '../../../src/transport/server/caller-limits.js';
import { listen } from '../../../src/transport/server/server.js';
import { idle } from '../../kernel/fixtures.js';
import {
  aborted,
  drain,
  exchange,
  finished,
  rawConnection,
  serve,
  startClient,
  temporaryFolder,
  until,
} from '../support.js';

const DENIED = "Permission denied: this socket allows read, and 'docker rm' needs destroy";

/** An address where only reading is allowed. */
async function limited(t: ExecutionContext, address: (folder: string) => string): Promise<string> {
  const commands = { ps: idle('ps'), 'rm|container rm': idle('rm', { effects: ['destroy'] }) };
  const registry = new PluginRegistry([{ id: 'test', api: 1, commands }]);
  const call = new LocalCall(registry, new ServiceHost(registry), { daemon: true });
  const listener = await listen(address(await temporaryFolder(t)), call.restricted(['read']));
  t.teardown(() => listener.close());
  return listener.address;
}

const unix = (folder: string): string => `unix://${join(folder, 'sock')}`;

test('a limited address is limited for clients of v1', async (t) => {
  const address = await limited(t, unix);
  t.is(await exchange(t, address, '["ps"]\n'), '');
  for (const line of ['["rm"]', '["RM"]', '["container","rm"]']) {
    t.is(await exchange(t, address, `${line}\n`), `Error: ${DENIED}\n`);
  }
});

test('a limited address is limited for clients of v2', async (t) => {
  const address = await limited(t, unix);
  t.like(await finished(startClient(t, address, ['ps'])), { exitCode: 0, stderr: '' });
  t.like(await finished(startClient(t, address, ['rm'])), { exitCode: 1, stderr: `denied: ${DENIED}\n` });
  const { stdout } = await finished(startClient(t, address, ['rm', '--help']));
  t.true(stdout.toString().startsWith('Usage:  docker rm'));
});

test('a limited address is limited by http', async (t) => {
  const address = await limited(t, () => 'http://127.0.0.1:0');
  const ask = async (command: string): Promise<[number | undefined, string]> => {
    const sent = request(`${address}/${command}`, { agent: false });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return [response.statusCode, (await drain(response)).toString()];
  };
  t.deepEqual(await ask('ps'), [200, '']);
  t.deepEqual(await ask('rm'), [403, `Error: ${DENIED}\n`]);
});

test('callers of a limited socket who have gone are noticed, and their places are free again', async (t) => {
  let begun = 0;
  let left = 0;
  const events = async (client: Client): Promise<void> => {
    begun++;
    await aborted(client.gone);
    left++;
  };
  const { address } = await serve(t, { events }, { callers: new CallerLimits() });
  for (const last of ['', 'x'.repeat(1000)]) {
    const socket = await rawConnection(t, address);
    socket.end(`["events"]\n${last}`);
    const before = begun;
    await until(() => begun > before);
    socket.destroy();
    await until(() => left === begun);
  }
  t.is(begun, 2);
});

test('one user has at most a quarter of the connections of all limited sockets', async (t) => {
  const folder = await temporaryFolder(t);
  const script = `
    const { listen, CallerLimits } = await import(${JSON.stringify(import.meta.resolve('../../../src/transport/server/index.js'))});
    const say = async (argv, client) => { client.stdout.write('pong'); return { exitCode: 0 }; };
    const wait = async (argv, client) => argv[0] === 'ping' ? say(argv, client) : new Promise((resolve) => client.gone.addEventListener('abort', resolve));
    await listen('unix://${folder}/own', say);
    await listen('unix://${folder}/limited', wait, { callers: new CallerLimits() });
    process.stdout.write('ready');`;
  const limited = 'ulimit -n 200; exec "$0" --input-type=module -e "$1"';
  const server = spawn('sh', ['-c', limited, process.execPath, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => server.kill('SIGKILL'));
  await once(server.stdout, 'data');
  const callers = await Promise.all(Array.from({ length: 300 }, () => rawConnection(t, `unix://${folder}/limited`)));
  for (const caller of callers) caller.write('["wait"]\n');
  t.is(await exchange(t, `unix://${folder}/own`, '["ping"]\n'), 'pong');
  t.is(
    await exchange(t, `unix://${folder}/limited`, '["ping"]\n'),
    'Error: Too many connections to this socket are open\n',
  );
  for (const caller of callers) caller.destroy();
  for (;;) if ((await exchange(t, `unix://${folder}/limited`, '["ping"]\n')) === 'pong') break;
  t.is(server.exitCode, null);
});
