import { setTimeout as sleep } from 'node:timers/promises';
import { Containers, On, type PluginEvent, plugin } from 'gantry';

/** Starts containers with the label `auto-heal` again when they fail, after as many seconds as the label says. */
class AutoHeal {
  constructor(@Containers private readonly containers: Containers) {}

  @On('container die')
  async heal({ actor, attributes }: PluginEvent): Promise<void> {
    const seconds = Number(attributes['auto-heal'] ?? Number.NaN);
    if (!(seconds >= 0) || attributes['exitCode'] === '0') return;
    await sleep(seconds * 1000);
    const all = await this.containers.list({ all: true });
    if (all.some(({ id, status }) => id === actor && status === 'exited')) await this.containers.start(actor);
  }
}

export default plugin({
  id: 'auto-heal',
  api: 1,
  summary: 'Starts failed containers again',
  rights: ['Containers.read', 'Containers.exec'],
  handlers: [AutoHeal],
});
