import type { Log } from '../../system/index.js';
import { foreignDrops } from '../firewall/index.js';
import type { EndpointManager } from './endpoint-manager.js';

/** Damage is repaired when it is seen twice in a row: a change by this engine is complete by then. */
const INTERVAL_MS = 600;

/**
 * Checks and repairs bridges, rules and settings of the host while a daemon runs: other programs flush and reload them.
 */
export class Reconciler {
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;
  #intactGeneration: number | undefined;
  #isSuspect = false;
  #warned = new Set<string>();

  constructor(
    private readonly endpoints: EndpointManager,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => void this.#check(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      if (this.endpoints.driver.hasLeases()) await this.#repair();
    } catch (error) {
      this.#warn(`network: bridges and rules cannot be checked: ${(error as Error).message}`);
    } finally {
      this.#isChecking = false;
    }
  }

  async #repair(): Promise<void> {
    const { driver } = this.endpoints;
    driver.restoreForwarding();
    const generation = driver.firewall.generation();
    const isIntact = driver.isIntact() && (generation === this.#intactGeneration || (await driver.hasAllRules()));
    if (isIntact) {
      if (generation !== this.#intactGeneration)
        for (const warning of await this.warnings()) this.#warn(`network: ${warning}`);
      this.#intactGeneration = generation;
    } else if (this.#isSuspect && this.#timer) {
      this.log.warn('network: another program changed bridges or packet rules: they are recreated');
      driver.rebuild();
    }
    this.#isSuspect = !isIntact && !this.#isSuspect;
  }

  warnings(): Promise<string[]> {
    const { driver, networks } = this.endpoints;
    const used = networks.list().filter(({ subnet, internal }) => subnet && !internal);
    return foreignDrops(
      driver.firewall.table,
      used.map(({ bridge }) => bridge),
    );
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.log.warn(message);
  }
}
