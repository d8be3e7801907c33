import type { ChildProcess } from 'node:child_process';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';

const PATIENCE_MS = 1000;

interface Script {
  readonly url: string;
  readonly sourceMapURL?: string;
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** Counted from 0. */
  readonly location: { readonly lineNumber: number; readonly columnNumber: number };
}

/**
 * Where a plugin's process is that answers nothing: SIGUSR1 starts Node's debugger in a thread of its own, and that can
 * stop the program in the middle of a loop. Empty where it cannot be told in a second.
 */
export async function pausedStack(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(''), PATIENCE_MS);
  child.stderr?.on('data', (text: string) => {
    const [address] = /ws:\/\/127\.0\.0\.1:\S+/.exec(text) ?? [];
    if (address) askDebugger(address, resolve);
  });
  child.once('close', () => resolve(''));
  child.kill('SIGUSR1');
  return promise.finally(() => clearTimeout(timer));
}

function askDebugger(address: string, answer: (stack: string) => void): void {
  const socket = new WebSocket(address);
  const maps = new Map<string, SourceMap>();
  socket.addEventListener('open', () => {
    socket.send('{"id":1,"method":"Debugger.enable"}');
    socket.send('{"id":2,"method":"Debugger.pause"}');
  });
  socket.addEventListener('error', () => answer(''));
  socket.addEventListener('message', ({ data }) => {
    const { method, params } = JSON.parse(String(data)) as { method?: string; params?: unknown };
    if (method === 'Debugger.scriptParsed') noteMap(params as Script, maps);
    if (method !== 'Debugger.paused') return;
    const { callFrames } = params as { readonly callFrames: readonly CallFrame[] };
    answer(callFrames.flatMap((frame) => line(frame, maps)).join('\n'));
    socket.close();
  });
}

const INLINE = /^data:application\/json;base64,/;

function noteMap({ url, sourceMapURL = '' }: Script, maps: Map<string, SourceMap>): void {
  if (!url.startsWith('file:') || !INLINE.test(sourceMapURL)) return;
  const json = Buffer.from(sourceMapURL.replace(INLINE, ''), 'base64').toString();
  maps.set(url, new SourceMap(JSON.parse(json) as SourceMapPayload));
}

/** As V8 writes it. Frames of Node and of the engine are left out. */
function line({ url, functionName, location }: CallFrame, maps: ReadonlyMap<string, SourceMap>): string[] {
  const entry = maps.get(url)?.findEntry(location.lineNumber, location.columnNumber);
  if (!entry || !('originalSource' in entry)) return [];
  const path = resolvePath(dirname(fileURLToPath(url)), entry.originalSource);
  const place = `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  return [functionName ? `    at ${functionName} (${place})` : `    at ${place}`];
}
