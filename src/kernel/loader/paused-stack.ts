import type { ChildProcess } from 'node:child_process';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';

const PATIENCE_MS = 3000;

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
 * stop the program in the middle of a loop. Empty where it cannot be told in time.
 */
export async function pausedStack(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(''), PATIENCE_MS);
  let said = '';
  let socket: WebSocket | undefined;
  const listen = (text: string): void => {
    said = (said + text).slice(-1000);
    const [, address] = /^Debugger listening on (ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]+)$/m.exec(said) ?? [];
    if (address && !socket) socket = askDebugger(address, resolve);
  };
  child.stderr?.on('data', listen);
  child.once('exit', () => resolve(''));
  child.kill('SIGUSR1');
  return promise.finally(() => {
    clearTimeout(timer);
    child.stderr?.off('data', listen);
    socket?.close();
  });
}

function askDebugger(address: string, answer: (stack: string) => void): WebSocket {
  const socket = new WebSocket(address);
  const maps = new Map<string, SourceMap>();
  const ask = (id: number, method: string): void => socket.send(JSON.stringify({ id, method }));
  socket.addEventListener('open', () => {
    ask(1, 'Debugger.enable');
    ask(2, 'Debugger.pause');
  });
  socket.addEventListener('error', () => answer(''));
  socket.addEventListener('message', ({ data }) => {
    // A plugin can stand behind that address itself: nothing that it says may do harm.
    try {
      const { method, params } = JSON.parse(String(data)) as { method?: string; params?: unknown };
      if (method === 'Debugger.scriptParsed') noteMap(params as Script, maps);
      if (method !== 'Debugger.paused') return;
      const { callFrames } = params as { readonly callFrames: readonly CallFrame[] };
      const stack = callFrames.flatMap((frame) => line(frame, maps)).join('\n');
      if (stack) return answer(stack);
      // It was between two steps of the plugin's code.
      ask(3, 'Debugger.resume');
      ask(4, 'Debugger.pause');
    } catch {
      answer('');
    }
  });
  return socket;
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
