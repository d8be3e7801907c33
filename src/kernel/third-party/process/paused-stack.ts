import type { ChildProcess } from 'node:child_process';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';

const PATIENCE_MS = 3000;

interface Script {
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL?: string;
}

interface CallFrame {
  readonly functionName: string;
  /** Counted from 0. The frame's own `url` is empty now and then. */
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
}

/** A script of the plugin, by its id. */
type Scripts = Map<string, { readonly path: string; readonly map: SourceMap }>;

/**
 * The stack of a plugin's process that does not answer: SIGUSR1 starts Node's debugger in a thread of its own, and that can
 * stop the program in the middle of a loop. Empty where there is no answer in time.
 * @param pid of Node itself, which `child` may have started
 */
export async function pausedStack(child: ChildProcess, pid: number): Promise<string> {
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
  if (pid > 0) process.kill(pid, 'SIGUSR1');
  return promise.finally(() => {
    clearTimeout(timer);
    child.stderr?.off('data', listen);
    socket?.close();
  });
}

function askDebugger(address: string, answer: (stack: string) => void): WebSocket {
  const socket = new WebSocket(address);
  const scripts: Scripts = new Map();
  const ask = (id: number, method: string): void => socket.send(JSON.stringify({ id, method }));
  socket.addEventListener('open', () => {
    ask(1, 'Debugger.enable');
    ask(2, 'Debugger.pause');
  });
  socket.addEventListener('error', () => answer(''));
  socket.addEventListener('message', ({ data }) => {
    // The plugin itself can listen on that address: no answer may do harm.
    try {
      const { method, params } = JSON.parse(String(data)) as { method?: string; params?: unknown };
      if (method === 'Debugger.scriptParsed') note(params as Script, scripts);
      if (method !== 'Debugger.paused') return;
      const { callFrames } = params as { readonly callFrames: readonly CallFrame[] };
      const stack = callFrames.flatMap((frame) => line(frame, scripts)).join('\n');
      if (stack) return answer(stack);
      // It was between two steps of the plugin's code.
      ask(3, 'Debugger.stepInto');
    } catch {
      answer('');
    }
  });
  return socket;
}

const INLINE = /^data:application\/json;base64,/;

function note({ scriptId, url, sourceMapURL = '' }: Script, scripts: Scripts): void {
  if (!url.startsWith('file:') || !INLINE.test(sourceMapURL)) return;
  const json = Buffer.from(sourceMapURL.replace(INLINE, ''), 'base64').toString();
  scripts.set(scriptId, { path: fileURLToPath(url), map: new SourceMap(JSON.parse(json) as SourceMapPayload) });
}

/** As V8 writes it. Frames of Node and of the engine are left out. */
function line({ functionName, location }: CallFrame, scripts: Scripts): string[] {
  const script = scripts.get(location.scriptId);
  const entry = script?.map.findEntry(location.lineNumber, location.columnNumber);
  if (!script || !entry || !('originalSource' in entry)) return [];
  const path = resolvePath(dirname(script.path), entry.originalSource);
  const place = `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  return [functionName ? `    at ${functionName} (${place})` : `    at ${place}`];
}
