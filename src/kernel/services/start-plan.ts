import { GantryError, type PluginDefinition, type ServiceClass, type Token } from '../contracts/index.js';
import type { PluginRegistry } from '../registry/index.js';
import { injectedTokens } from './injected-tokens.js';

/** A service that is to be started. */
export interface ServicePlan {
  readonly token: Token<unknown>;
  readonly plugin: PluginDefinition;
  readonly serviceClass: ServiceClass;
  readonly needs: readonly Token<unknown>[];
}

/**
 * Imports the classes of the services and of all that they need, so that cycles are known before anything starts.
 * A service that already runs is not in the plan.
 * @throws GantryError `conflict` naming the services of a cycle and their plugins
 */
export async function planStart(
  wanted: readonly Token<unknown>[],
  registry: PluginRegistry,
  isThere: (token: Token<unknown>) => boolean,
): Promise<ReadonlyMap<symbol, ServicePlan>> {
  const plans = new Map<symbol, ServicePlan>();
  let missing = wanted;
  while (missing.length > 0) {
    for (const plan of await Promise.all(missing.map((token) => planOne(token, registry)))) {
      plans.set(plan.token.symbol, plan);
    }
    const needs = new Set([...plans.values()].flatMap((plan) => plan.needs));
    missing = [...needs].filter((token) => !plans.has(token.symbol) && !isThere(token));
  }
  refuseCycles(plans);
  return plans;
}

async function planOne(token: Token<unknown>, registry: PluginRegistry): Promise<ServicePlan> {
  const entry = registry.providerOf(token);
  if (!entry) throw new GantryError('unavailable', `no plugin provides the service '${token.label}'`);
  const { plugin } = entry;
  const serviceClass = await entry.provider.load();
  if (typeof serviceClass !== 'function') {
    throw new Error(`what plugin '${plugin.id}' provides as '${token.label}' is no class`);
  }
  return { token, plugin, serviceClass, needs: injectedTokens(serviceClass, plugin, registry) };
}

function refuseCycles(plans: ReadonlyMap<symbol, ServicePlan>): void {
  const free = new Set<symbol>();
  const visit = (plan: ServicePlan, path: readonly ServicePlan[]): void => {
    if (free.has(plan.token.symbol)) return;
    const start = path.indexOf(plan);
    if (start >= 0) throw cycle([...path.slice(start), plan]);
    for (const { symbol } of plan.needs) {
      const need = plans.get(symbol);
      if (need) visit(need, [...path, plan]);
    }
    free.add(plan.token.symbol);
  };
  for (const plan of plans.values()) visit(plan, []);
}

function cycle(services: readonly ServicePlan[]): GantryError {
  const names = services.map(({ token, plugin }) => `${token.label} (${plugin.id})`).join(' -> ');
  return new GantryError('conflict', `circular dependency of services: ${names}`);
}
