import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { CREDIT_WINDOW } from '../../../src/kernel/streams/credited.js';
import { write } from '../../../src/kernel/streams/write.js';
import { controlFrame, FrameDecoder, FrameType } from '../../../src/transport/wire/v2-frames.js';
import { aborted, drain, flood, rawConnection, serve } from '../support.js';

const line = (argv: readonly string[], more: object = {}): string =>
  `${JSON.stringify({ gantry: 2, argv, ...more })}\n`;

async function call(t: ExecutionContext, address: string, argv: readonly string[], more?: object): Promise<Socket> {
  const socket = await rawConnection(t, address);
  socket.write(line(argv, more));
  return socket;
}

/** Frames of a connection as they come. */
function framesOf(socket: Socket): { next(type: number): Promise<string> } {
  const frames: [number, string][] = [];
  const keep = (type: number, _id: number, bytes: Buffer): number => frames.push([type, bytes.toString('latin1')]);
  const decoder = new FrameDecoder({ data: keep, control: keep });
  socket.on('data', (chunk: Buffer) => decoder.push(chunk));
  const next = async (type: number): Promise<string> => {
    for (;;) {
      const at = frames.findIndex((frame) => frame[0] === type);
      if (at >= 0) return frames.splice(at, 1)[0]?.[1] ?? '';
      await once(socket, 'data');
    }
  };
  return { next };
}

test('the literal bytes of a call', async (t) => {
  const { address } = await serve(t, {
    greet: async (client) => {
      await write(client.stdout, 'out');
      await write(client.stderr, 'err');
      client.terminal.setRaw(true);
      return { exitCode: 7, failure: { kind: 'conflict', message: 'taken', hint: 'ask' } };
    },
  });
  const outcome = '{"exitCode":7,"failure":{"kind":"conflict","message":"taken","hint":"ask"}}';
  t.is(
    (await drain(await call(t, address, ['greet']))).toString('latin1'),
    `\x11\0\0\0\x03out\x12\0\0\0\x03err\x15\0\0\0\x01\x01\x16\0\0\0${String.fromCharCode(outcome.length)}${outcome}`,
  );
});

test('stdin: credit when it is first read, data, end', async (t) => {
  const { address } = await serve(t, { read: async (client) => write(client.stdout, await drain(client.stdin)) });
  const socket = await call(t, address, ['read']);
  const frames = framesOf(socket);
  const credit = Buffer.from(await frames.next(FrameType.credit), 'latin1');
  t.is(credit.readUInt32BE(), CREDIT_WINDOW);
  socket.write(Buffer.from('0100000003616263' + '0100000001640200000000', 'hex'));
  t.is(await frames.next(FrameType.stdout), 'abcd');
  t.is(await frames.next(FrameType.outcome), '{"exitCode":0}');
});

test('nothing is asked of stdin for a command that does not read it', async (t) => {
  const { address } = await serve(t, { ps: (client) => write(client.stdout, 'x') });
  t.is((await drain(await call(t, address, ['ps']))).toString('hex'), `110000000178160000000e${hex('{"exitCode":0}')}`);
});

test('signals and resizes arrive while stdin is full and nobody reads on', async (t) => {
  const { address } = await serve(t, {
    run: async (client) => {
      const signal = new Promise<string>((resolve) => client.onSignal(resolve));
      const size = new Promise<object>((resolve) => client.terminal.onResize(resolve));
      client.stdin.once('readable', () => {});
      await write(client.stdout, `${await signal} ${JSON.stringify(await size)} ${client.terminal.size?.rows}`);
    },
  });
  const socket = await call(t, address, ['run'], { terminal: { stdin: true, columns: 80, rows: 24 } });
  const frames = framesOf(socket);
  await frames.next(FrameType.credit);
  socket.write(controlFrame(FrameType.stdin, Buffer.alloc(CREDIT_WINDOW)));
  socket.write(controlFrame(FrameType.signal, 'SIGHUP'));
  socket.write(controlFrame(FrameType.resize, '{"columns":100,"rows":40}'));
  t.is(await frames.next(FrameType.stdout), 'SIGHUP {"columns":100,"rows":40} 40');
});

test('a signal that nobody listens to ends the call as it would end a process', async (t) => {
  const { address } = await serve(t, { hang: (client) => aborted(client.gone) });
  const socket = await call(t, address, ['hang']);
  const frames = framesOf(socket);
  socket.write(controlFrame(FrameType.signal, 'SIGTERM'));
  t.is(await frames.next(FrameType.outcome), '{"exitCode":143}');
});

test('a client that stops reading stops its own stream, not the others and not the signals', async (t) => {
  let written = 0;
  const { address } = await serve(t, {
    zeros: async (client) => {
      const signalled = new Promise<void>((resolve) => client.onSignal(() => resolve()));
      await Promise.race([flood(client.stdout, client.gone, () => written++), signalled]);
      client.stdout.destroy();
      return { exitCode: 5 };
    },
    ps: (client) => write(client.stdout, 'x'),
  });
  const slow = await call(t, address, ['zeros']);
  slow.pause();
  let before = -1;
  while (written === 0 || before !== written) {
    before = written;
    await drain(await call(t, address, ['ps']));
  }
  t.true(written < 100);
  slow.write(controlFrame(FrameType.signal, 'SIGINT'));
  t.true((await drain(slow)).toString('latin1').endsWith('{"exitCode":5}'));
});

for (const [how, leave] of [
  ['is killed', (socket: Socket) => socket.destroy()],
  ['half-closes the connection', (socket: Socket) => socket.end()],
] as const) {
  test(`a client that ${how} has gone`, async (t) => {
    const gone = Promise.withResolvers<string>();
    const { address } = await serve(t, {
      hang: async (client) => {
        const file = client.openFile('x').catch((error: Error) => error.message);
        await write(client.stdout, 'here');
        await aborted(client.gone);
        gone.resolve(await file.then(String));
      },
    });
    const socket = await call(t, address, ['hang']);
    await once(socket, 'data');
    leave(socket);
    t.is(await gone.promise, 'The client has gone');
  });
}

const VIOLATIONS: Readonly<Record<string, Buffer>> = {
  'stdin without credit': controlFrame(FrameType.stdin, 'x'),
  'an unknown type': Buffer.from('7f00000000', 'hex'),
  'a frame that servers send': controlFrame(FrameType.stdout, 'x'),
  'an outcome': controlFrame(FrameType.outcome, '{"exitCode":0}'),
  'a file that nobody asked for': controlFrame(FrameType.fileData, 'x', 1),
  'no signal': controlFrame(FrameType.signal, 'SIGNOTHING'),
  'a name from Object.prototype as a signal': controlFrame(FrameType.signal, 'constructor'),
  'a size that is none': controlFrame(FrameType.resize, '{"columns":-1,"rows":0}'),
  'a frame of 4 GiB': Buffer.from('01ffffffff', 'hex'),
};

for (const [what, bytes] of Object.entries(VIOLATIONS)) {
  test(`a client that breaks the protocol is dropped: ${what}`, async (t) => {
    const gone = Promise.withResolvers<void>();
    const { address } = await serve(t, {
      hang: async (client) => {
        await aborted(client.gone);
        gone.resolve();
      },
    });
    const socket = await call(t, address, ['hang']);
    socket.write(bytes);
    await gone.promise;
    t.is((await drain(socket)).length, 0);
  });
}

test('files: asked for by name, sent against credit; errors come back as they are', async (t) => {
  const { address } = await serve(t, {
    import: async (client) => {
      const refused = await client.openFile('absent').catch((error: { kind: string; message: string }) => error);
      const bytes = await drain(await client.openFile('present'));
      await write(
        client.stdout,
        `${'kind' in refused && refused.kind} ${'message' in refused && refused.message} ${bytes}`,
      );
    },
  });
  const socket = await call(t, address, ['import']);
  const frames = framesOf(socket);
  t.is(await frames.next(FrameType.openFile), 'absent');
  socket.write(controlFrame(FrameType.fileError, '{"kind":"not found","message":"gone\\naway"}', 1));
  t.is(await frames.next(FrameType.openFile), 'present');
  socket.write(controlFrame(FrameType.fileOpened, '', 2));
  await frames.next(FrameType.credit);
  socket.write(controlFrame(FrameType.fileData, 'bytes', 2));
  socket.write(controlFrame(FrameType.fileEnd, '', 2));
  t.is(await frames.next(FrameType.stdout), 'not found gone away bytes');
});

test('an error in the middle of a file surfaces where it is read', async (t) => {
  const { address } = await serve(t, {
    import: async (client) => {
      const file = await client.openFile('x');
      await drain(file).catch((error: Error) => write(client.stdout, error.message));
    },
  });
  const socket = await call(t, address, ['import']);
  const frames = framesOf(socket);
  await frames.next(FrameType.openFile);
  socket.write(controlFrame(FrameType.fileOpened, '', 1));
  await frames.next(FrameType.credit);
  socket.write(controlFrame(FrameType.fileData, 'half', 1));
  socket.write(controlFrame(FrameType.fileError, 'not even JSON', 1));
  t.is(await frames.next(FrameType.stdout), 'Cannot read x');
});

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}
