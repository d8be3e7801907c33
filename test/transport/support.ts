import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { ExecutionContext } from 'ava';
import type { Client } from '../../src/kernel/contracts/client.js';
import type { CallHandler, Outcome } from '../../src/kernel/contracts/outcome.js';
import { write } from '../../src/kernel/streams/write.js';
import { type Listener, type ListenOptions, listen } from '../../src/transport/server/server.js';

export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-transport-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

type Verb = (client: Client, argv: readonly string[]) => Promise<Outcome | void>;

/** A handler made of one function a command. */
export function commands(verbs: Readonly<Record<string, Verb>>): CallHandler {
  return async (argv, client) => (await verbs[argv[0] ?? '']?.(client, argv)) ?? { exitCode: 0 };
}

export async function serve(
  t: ExecutionContext,
  verbs: Readonly<Record<string, Verb>>,
  options?: ListenOptions,
  address?: string,
): Promise<Listener> {
  const listener = await listen(
    address ?? `unix://${join(await temporaryFolder(t), 'sock')}`,
    commands(verbs),
    options,
  );
  t.teardown(() => listener.close());
  return listener;
}

/** Everything a stream gives, as bytes. */
export async function drain(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function echo(client: Client): Promise<void> {
  for await (const chunk of client.stdin) await write(client.stdout, chunk);
}

/** Writes until told to stop, giving way to others between two writes. */
export async function flood(output: Writable, stop: AbortSignal, written: () => void = () => {}): Promise<void> {
  const chunk = Buffer.alloc(65536);
  while (!stop.aborted && !output.destroyed) {
    await write(output, chunk);
    written();
    await new Promise(setImmediate);
  }
}

/** A bare connection to a listener, for checking bytes. */
export async function rawConnection(t: ExecutionContext, address: string): Promise<Socket> {
  const url = new URL(address);
  const where = url.protocol.includes('unix')
    ? { path: url.pathname }
    : { host: url.hostname.replace(/[[\]]/g, ''), port: Number(url.port) };
  const socket = connect({ ...where, allowHalfOpen: true });
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes, half-closes, and returns all of the answer. */
export async function exchange(t: ExecutionContext, address: string, bytes: string | Buffer): Promise<string> {
  const socket = await rawConnection(t, address);
  socket.end(bytes);
  return (await drain(socket)).toString();
}

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export const CLIENT = join(import.meta.dirname, 'client-fixture.js');

/** The thin client in a process of its own: what `bin/docker` does once it has chosen to ask a daemon. */
export function startClient(
  t: ExecutionContext,
  address: string,
  argv: readonly string[],
  options: { uid?: number; gid?: number; cwd?: string; env?: Record<string, string> } = {},
): ChildProcess & { readonly stdin: NonNullable<ChildProcess['stdin']>; stdout: NonNullable<ChildProcess['stdout']> } {
  const child = spawn(process.execPath, [CLIENT, address, ...argv], options);
  child.stdin.on('error', () => {});
  t.teardown(() => child.kill('SIGKILL'));
  return child as never;
}

export async function finished(child: ChildProcess): Promise<Finished> {
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([
    child.stdout ? drain(child.stdout) : Buffer.alloc(0),
    child.stderr ? drain(child.stderr) : Buffer.alloc(0),
  ]);
  const [exitCode, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  return { exitCode, signal, stdout, stderr: stderr.toString() };
}

/** The client in a shell, as `$CLIENT`: for pipes, redirections and named pipes. */
export function inShell(
  t: ExecutionContext,
  address: string,
  script: string,
  options: { uid?: number; gid?: number; cwd?: string } = {},
): ChildProcess {
  const env = { ...process.env, NODE: process.execPath, FIXTURE: CLIENT, ADDRESS: address };
  const child = spawn('sh', ['-c', `client() { "$NODE" "$FIXTURE" "$ADDRESS" "$@"; }; ${script}`], { env, ...options });
  t.teardown(() => child.kill('SIGKILL'));
  return child;
}

/** Waits for something to become true, by looking again and again. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Waits until a counter has begun to count, and counts no further. */
export async function stands(counter: () => number): Promise<void> {
  let before = -1;
  while (counter() === 0 || counter() !== before) {
    before = counter();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
