import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { LocalCall } from '../../../src/kernel/calls/local-call.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { ServiceHost } from '../../../src/kernel/services/service-host.js';
import { listen } from '../../../src/transport/server/server.js';
import { idle } from '../../kernel/fixtures.js';
import { drain, exchange, finished, startClient, temporaryFolder } from '../support.js';

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
