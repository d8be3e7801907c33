import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where Node's inspector listens after SIGUSR1. A rig has a network namespace of its own. */
const INSPECTOR = 'http://127.0.0.1:9229/json/list';

/** The heap of a daemon, after a garbage collection, asked of Node's own inspector. */
export class DaemonHeap {
  #calls = 0;

  private constructor(private readonly socket: WebSocket) {}

  static async of(pid: number): Promise<DaemonHeap> {
    process.kill(pid, 'SIGUSR1');
    for (;;) {
      const list = await fetch(INSPECTOR).catch(() => undefined);
      const [target] = list ? ((await list.json()) as { webSocketDebuggerUrl: string }[]) : [];
      if (target) {
        const socket = new WebSocket(target.webSocketDebuggerUrl);
        await once(socket, 'open');
        return new DaemonHeap(socket);
      }
      await sleep(50);
    }
  }

  /** In bytes. */
  async used(): Promise<number> {
    await this.#call('HeapProfiler.collectGarbage');
    return Number((await this.#call('Runtime.getHeapUsage'))['usedSize']);
  }

  async #call(method: string): Promise<Record<string, unknown>> {
    const id = ++this.#calls;
    this.socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [event] = (await once(this.socket, 'message')) as [{ data: string }];
      const answer = JSON.parse(event.data) as { id?: number; result?: Record<string, unknown> };
      if (answer.id === id) return answer.result ?? {};
    }
  }

  [Symbol.dispose](): void {
    this.socket.close();
  }
}
