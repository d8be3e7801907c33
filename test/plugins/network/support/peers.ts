import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, isIPv6 } from 'node:net';
import { text } from 'node:stream/consumers';

/** One end of a conversation, in whatever network namespace the process is in. */
export interface Endpoint {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

/** How long silence lasts before a packet counts as dropped. */
const SILENCE_MS = 700;
const RESEND_MS = 100;

/** Answers every caller with `word` and the address that the call seems to come from. */
export async function listen({ protocol, address, port }: Endpoint, word: string): Promise<() => void> {
  if (protocol === 'udp') {
    const socket = socketFor(address);
    socket.on('message', (_, from) => socket.send(`${word} ${from.address}`, from.port, from.address));
    socket.bind(port, address);
    await once(socket, 'listening');
    return () => socket.close();
  }
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`${word} ${socket.remoteAddress}`);
  });
  server.listen(port, address);
  await once(server, 'listening');
  return () => server.close();
}

/** @returns the answer, or `silence`, or the errno's name */
export async function call({ protocol, address, port }: Endpoint): Promise<string> {
  return protocol === 'udp' ? callUdp(address, port) : callTcp(address, port);
}

function socketFor(address: string): Socket {
  return createSocket(isIPv6(address) ? 'udp6' : 'udp4');
}

async function callTcp(address: string, port: number): Promise<string> {
  const socket = connect({ host: address, port });
  const timer = setTimeout(() => socket.destroy(Object.assign(new Error(), { code: 'silence' })), SILENCE_MS);
  try {
    return await text(socket);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    clearTimeout(timer);
  }
}

async function callUdp(address: string, port: number): Promise<string> {
  const socket = socketFor(address);
  const signal = AbortSignal.timeout(SILENCE_MS);
  socket.connect(port, address);
  await once(socket, 'connect');
  const resending = setInterval(() => socket.send('?'), RESEND_MS);
  try {
    const [answer] = await once(socket, 'message', { signal });
    return String(answer);
  } catch (error) {
    return signal.aborted ? 'silence' : ((error as NodeJS.ErrnoException).code ?? 'unknown');
  } finally {
    clearInterval(resending);
    socket.close();
  }
}
