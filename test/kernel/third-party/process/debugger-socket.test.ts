import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { connectToDebugger, DebuggerSocket } from '../../../../src/kernel/third-party/process/debugger-socket.js';

/** Something that answers as Node's debugger does, up to the point where it can say what it likes. */
async function pretender(t: ExecutionContext, list: string, say: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes: Buffer) => {
      if (bytes.includes('/json/list')) {
        socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${list.length}\r\n\r\n${list}`);
        return;
      }
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      say(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** What comes of it: messages, and the end. */
function outcome(port: number): Promise<unknown[]> {
  return new Promise((resolve) => {
    const messages: unknown[] = [];
    const end = (): void => resolve(messages);
    const connected = (socket: Duplex): void => {
      new DebuggerSocket(socket, (message) => messages.push(message), end).ask(1, 'Debugger.enable');
    };
    connectToDebugger(port, connected, () => resolve(['no debugger']));
  });
}

const LIST = '[{"id":"6f1c2b52-0000-4000-8000-000000000000"}]';

test('messages come out whole, however they are cut', async (t) => {
  const long = JSON.stringify({ text: 'x'.repeat(70_000) });
  const header = Buffer.alloc(10);
  header.set([0x81, 127]);
  header.writeBigUInt64BE(BigInt(long.length), 2);
  const port = await pretender(t, LIST, (socket) => {
    for (const byte of Buffer.concat([Buffer.of(0x81, 2), Buffer.from('{}')])) socket.write(Buffer.of(byte));
    socket.write(header);
    socket.end(long);
  });
  t.deepEqual(await outcome(port), [{}, JSON.parse(long)]);
});

test('what has no end, is no JSON, or leads elsewhere ends it', async (t) => {
  const endless = await pretender(t, LIST, (socket) => {
    const more = (error?: Error | null): void => void (error || socket.write(Buffer.alloc(1 << 20), more));
    socket.write(Buffer.of(0x81, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff));
    more();
  });
  t.deepEqual(await outcome(endless), []);
  t.deepEqual(await outcome(await pretender(t, LIST, (socket) => socket.write(Buffer.from([0x81, 1, 0x5b])))), []);
  t.deepEqual(await outcome(await pretender(t, '[{"id":"../x y"}]', () => {})), ['no debugger']);
  t.deepEqual(await outcome(await pretender(t, `[${'['.repeat(5000)}`, () => {})), ['no debugger']);
});
