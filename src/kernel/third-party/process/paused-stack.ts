import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, resolve as resolvePath } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listeningPorts } from './debugger-address.js';
import { connectToDebugger, DebuggerSocket } from './debugger-socket.js';

const PATIENCE_MS = 3000;
const POLL_MS = 20;
/** Of a stack. The plugin's own code may be what answers. */
const MOST_FRAMES = 100;
const MOST_SCRIPTS = 16;

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
 * @param pid of Node itself
 */
export async function pausedStack(pid: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(''), PATIENCE_MS);
  let asked: DebuggerSocket | undefined;
  try {
    const port = await debuggerPort(pid);
    const failed = (): void => resolve('');
    if (port === undefined) failed();
    else connectToDebugger(port, (socket) => (asked = askDebugger(socket, resolve)), failed);
    return await promise;
  } catch {
    // The process has ended.
    return '';
  } finally {
    clearTimeout(timer);
    asked?.close();
  }
}

/** The port that the process listens on since it was signalled. */
async function debuggerPort(pid: number): Promise<number | undefined> {
  const before = listeningPorts(pid);
  process.kill(pid, 'SIGUSR1');
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(POLL_MS)) {
    const [port] = [...listeningPorts(pid)].filter((one) => !before.has(one));
    if (port !== undefined) return port;
  }
  return undefined;
}

function askDebugger(connection: Duplex, answer: (stack: string) => void): DebuggerSocket {
  const scripts: Scripts = new Map();
  const socket = new DebuggerSocket(
    connection,
    (message) => {
      const { method, params } = message as { method?: string; params?: unknown };
      if (method === 'Debugger.scriptParsed') note(params as Script, scripts);
      if (method !== 'Debugger.paused') return;
      const { callFrames } = params as { readonly callFrames: readonly CallFrame[] };
      const stack = callFrames
        .slice(0, MOST_FRAMES)
        .flatMap((frame) => line(frame, scripts))
        .join('\n');
      if (stack) return answer(stack);
      // It was between two steps of the plugin's code.
      socket.ask(3, 'Debugger.stepInto');
    },
    () => answer(''),
  );
  socket.ask(1, 'Debugger.enable');
  socket.ask(2, 'Debugger.pause');
  return socket;
}

const INLINE = /^data:application\/json;base64,/;

function note({ scriptId, url, sourceMapURL = '' }: Script, scripts: Scripts): void {
  if (scripts.size >= MOST_SCRIPTS || !url.startsWith('file:') || !INLINE.test(sourceMapURL)) return;
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
