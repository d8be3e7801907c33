import type { Log } from '../../system/index.js';
import type { Network } from '../contracts/index.js';
import { foreignDrops } from '../firewall/index.js';
import { hostIpv6Mode } from '../host/index.js';
import type { EndpointManager } from './endpoint-manager.js';

/** Damage is repaired when it is seen twice in a row: a change by this engine is complete by then. */
const INTERVAL_MS = 600;
/** All links of the host are listed at one look of so many. */
const LOOKS_PER_LIST = 8;
/** How long what could not be repaired is left alone. */
const RETRY_MS = 30_000;
/** Listing the chains of others takes no more of the time than one part in so many. */
const LISTING_SHARE = 50;

/**
 * Checks and repairs bridges, rules and settings of the host while a daemon runs: other programs flush and reload them.
 * A look asks the kernel alone, and starts no process. What cannot be repaired is told once, and keeps nothing else
 * from being repaired.
 */
export class Reconciler {
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;
  #intactGeneration: number | undefined;
  #ipv6 = hostIpv6Mode();
  #looks = 0;
  #listedGeneration: number | undefined;
  #listingFrom = 0;
  /** What was damaged at the last look: ids of networks, `rules`. */
  #suspects = new Set<string>();
  /** When to try again what could not be repaired. */
  readonly #retries = new Map<string, number>();
  /** When to do again what failed, or what others undo. */
  readonly #pauses = new Map<string, number>();
  readonly #warned = new Set<string>();

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

  /** Makes rules and bridges anew where they are damaged, at once. */
  async repairAll(): Promise<void> {
    const { driver } = this.endpoints;
    try {
      if (!driver.hasAllRules()) await driver.rebuildRules();
      this.#repairBridges(driver.damagedBridges());
    } catch (error) {
      this.#warn(`network: ${(error as Error).message}`);
    }
  }

  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      if (this.endpoints.driver.hasLeases()) await this.#look();
    } catch (error) {
      this.#warn(`network: bridges and rules cannot be checked: ${(error as Error).message}`);
    } finally {
      this.#isChecking = false;
    }
  }

  async #look(): Promise<void> {
    const { driver } = this.endpoints;
    await this.#attempt('forwarding cannot be enabled', () => driver.restoreForwarding());
    this.#noticeIpv6Mode();
    const bridges = driver.damagedBridges();
    const generation = driver.firewall.generation();
    const areIntact = generation === this.#intactGeneration || driver.hasAllRules();
    this.#intactGeneration = areIntact ? generation : undefined;
    const damaged = new Set([...bridges.map(({ id }) => id), ...(areIntact ? [] : ['rules'])]);
    for (const known of this.#retries.keys()) if (!damaged.has(known)) this.#retries.delete(known);
    const due = (what: string): boolean =>
      this.#suspects.has(what) && (this.#retries.get(what) ?? 0) < performance.now() && this.#timer !== undefined;
    this.#repairBridges(bridges.filter(({ id }) => due(id)));
    if (!areIntact && due('rules')) await this.#repairRules();
    this.#suspects = damaged;
    if (this.#looks++ % LOOKS_PER_LIST === 0)
      await this.#attempt('links cannot be listed', () => this.#returnStrayLinks());
    // Last: an nft that does not come back keeps no repair of this look waiting.
    if (areIntact && generation !== this.#listedGeneration)
      await this.#attempt('firewalls of others cannot be listed', () => this.#warnOfOthers(generation));
  }

  /** Does one part of a look. What fails is told once, left alone for a while, and keeps no other part from its work. */
  async #attempt(failure: string, work: () => unknown): Promise<void> {
    if (this.#isPaused(failure) || this.#timer === undefined) return;
    try {
      await work();
    } catch (error) {
      this.#pause(failure);
      this.#warn(`network: ${failure}: ${(error as Error).message}`);
    }
  }

  #isPaused(what: string): boolean {
    return (this.#pauses.get(what) ?? 0) > performance.now();
  }

  #pause(what: string): void {
    this.#pauses.set(what, performance.now() + RETRY_MS);
  }

  /** Where a program takes links off again and again, it is told once, and a pause follows each repair: it writes. */
  #returnStrayLinks(): void {
    const { driver } = this.endpoints;
    for (const network of driver.networksWithStrayLinks().filter(({ id }) => !this.#isPaused(id))) {
      this.#pause(network.id);
      const [failed] = driver.repairBridges([network]);
      const { bridge } = network;
      if (failed) this.#warnOfBridge(failed);
      else this.#warn(`network: another program changed the links of the bridge ${bridge}: they are put back`);
    }
  }

  #repairBridges(bridges: readonly Network[]): void {
    if (bridges.length === 0) return;
    const failed = this.endpoints.driver.repairBridges(bridges);
    for (const failure of failed) {
      this.#retries.set(failure.network.id, performance.now() + RETRY_MS);
      this.#warnOfBridge(failure);
    }
    if (failed.length < bridges.length) this.#tellRepair();
  }

  #warnOfBridge({ network, reason }: { readonly network: Network; readonly reason: string }): void {
    this.#warn(`network: the bridge ${network.bridge} of the network ${network.name} is out of use: ${reason}`);
  }

  async #repairRules(): Promise<void> {
    try {
      await this.endpoints.driver.rebuildRules();
      this.#tellRepair();
    } catch (error) {
      this.#retries.set('rules', performance.now() + RETRY_MS);
      this.#warn(`network: the packet rules cannot be recreated: ${(error as Error).message}`);
    }
  }

  #tellRepair(): void {
    this.log.warn('network: another program changed bridges, packet rules or their settings: they are recreated');
  }

  /** When the host begins to forward IPv6, containers that run get a default route for it, and the rules are others. */
  #noticeIpv6Mode(): void {
    const ipv6 = hostIpv6Mode();
    if (ipv6 === this.#ipv6) return;
    this.#ipv6 = ipv6;
    this.#intactGeneration = undefined;
    for (const holder of this.endpoints.holders()) {
      try {
        this.endpoints.moveDefaultRoutes(holder);
      } catch (error) {
        this.#warn(`network: the default route of container ${holder} stays: ${(error as Error).message}`);
      }
    }
  }

  async #warnOfOthers(generation: number): Promise<void> {
    const begin = performance.now();
    if (begin < this.#listingFrom) return;
    try {
      for (const warning of await this.warnings()) this.#warn(`network: ${warning}`);
      this.#listedGeneration = generation;
    } finally {
      const end = performance.now();
      this.#listingFrom = end + (end - begin) * LISTING_SHARE;
    }
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
