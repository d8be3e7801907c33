import type { Log } from '../system/index.js';
import { foreignDrops } from './foreign-firewall.js';
import type { Places } from './places.js';

/** Damage is repaired when it is seen twice in a row: by then it is no change of our own that is half done. */
const LOOK_MS = 600;

/** Looks after bridges, rules and settings of the host while a daemon runs: other programs flush and reload them. */
export class Patrol {
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #wholeAt: number | undefined;
  #isSuspect = false;
  #warned = new Set<string>();

  constructor(
    private readonly places: Places,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      if (this.places.ground.isHeld()) await this.#repair();
    } catch (error) {
      this.#warn(`network: cannot be looked after: ${(error as Error).message}`);
    } finally {
      this.#isLooking = false;
    }
  }

  async #repair(): Promise<void> {
    const { ground } = this.places;
    ground.keepForwarding();
    const generation = ground.rules.generation();
    const isWhole = ground.isWhole() && (generation === this.#wholeAt || (await ground.hasAllRules()));
    if (isWhole) {
      if (generation !== this.#wholeAt) for (const warning of await this.warnings()) this.#warn(`network: ${warning}`);
      this.#wholeAt = generation;
    } else if (this.#isSuspect && this.#timer) {
      this.log.warn('network: another program changed bridges or packet rules: they are made anew');
      ground.rebuild();
    }
    this.#isSuspect = !isWhole && !this.#isSuspect;
  }

  warnings(): Promise<string[]> {
    const { ground, networks } = this.places;
    const used = networks.list().filter(({ subnet, internal }) => subnet && !internal);
    return foreignDrops(
      ground.rules.table,
      used.map(({ bridge }) => bridge),
    );
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.log.warn(message);
  }
}
