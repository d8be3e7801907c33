import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Readable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import type { Client } from '../../../src/kernel/contracts/client.js';
import { write } from '../../../src/kernel/streams/write.js';
import { drain, finished, inShell, rawConnection, serve } from '../support.js';

const COUNT = 3000;
/** More than connections and pipes hold: whoever writes has to wait. */
const LINES = Array.from({ length: COUNT }, (_, n) => `${n} ${'x'.repeat(n % 900)}\n`);

/** Writes to both outputs in turn: one line to each, or several to one. */
async function twoOutputs({ stdout, stderr }: Client): Promise<void> {
  for (const [n, line] of LINES.entries()) await write(n % 2 === 0 || n % 7 === 0 ? stdout : stderr, line);
}

async function inOrder(t: ExecutionContext, answer: Readable): Promise<void> {
  t.true((await drain(answer)).equals(Buffer.from(LINES.join(''))));
}

/** A reader that begins when the writer has had to stop. */
const late = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

for (const isLate of [false, true]) {
  const reader = isLate ? 'a reader that begins late' : 'a reader that keeps up';

  test(`rcli v1 keeps the order of the two outputs for ${reader}`, async (t) => {
    const { address } = await serve(t, { both: twoOutputs });
    const socket = await rawConnection(t, address);
    socket.write('["both"]\n');
    if (isLate) await late();
    await inOrder(t, socket);
  });

  test(`http keeps the order of the two outputs for ${reader}`, async (t) => {
    const { address } = await serve(t, { both: twoOutputs }, {}, 'http://127.0.0.1:0');
    const [response] = (await once(request(`${address}/both`).end(), 'response')) as [IncomingMessage];
    if (isLate) await late();
    await inOrder(t, response);
  });

  test(`a client whose outputs are one pipe keeps their order for ${reader}`, async (t) => {
    const { address } = await serve(t, { both: twoOutputs });
    const { stdout } = await finished(inShell(t, address, `client both 2>&1 | { ${isLate ? 'sleep 0.5;' : ''} cat; }`));
    t.true(stdout.equals(Buffer.from(LINES.join(''))));
  });
}
