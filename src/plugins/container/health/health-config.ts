import type { HealthConfig } from '../../image/index.js';

const NS_PER_MS = 1e6;
const SECOND = 1000;

/** Health check of a container. Times are milliseconds. */
export interface HealthCheck {
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  /** Number of consecutive failures that make it unhealthy. */
  readonly retries: number;
}

/** The health check to run, with Docker's defaults; undefined where there is none. An image may contain anything. */
export function healthCheckOf(config: HealthConfig | undefined): HealthCheck | undefined {
  const [kind, ...words] = Array.isArray(config?.Test) ? config.Test.map(String) : [];
  if ((kind !== 'CMD' && kind !== 'CMD-SHELL') || words.length === 0) return undefined;
  return {
    command: kind === 'CMD' ? words : ['/bin/sh', '-c', words.join(' ')],
    interval: fromNs(config?.Interval) || 30 * SECOND,
    timeout: fromNs(config?.Timeout) || 30 * SECOND,
    startPeriod: fromNs(config?.StartPeriod),
    startInterval: fromNs(config?.StartInterval) || 5 * SECOND,
    retries: Number(config?.Retries) > 0 ? Number(config?.Retries) : 3,
  };
}

function fromNs(value: unknown): number {
  const time = Number(value) / NS_PER_MS;
  return time >= 1 ? Math.min(time, 2 ** 31 - 1) : 0;
}
