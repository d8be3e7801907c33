import { GantryError, milliseconds } from '../../../kernel/index.js';
import type { HealthConfig } from '../../image/index.js';
import { LifecycleFlags } from '../flags/index.js';
import { healthCheckOf } from '../health/index.js';

const NS_PER_MS = 1e6;
const NO_HEALTH_CHECK: HealthConfig = { Test: ['NONE'] };

/**
 * Merges the health flags with the image's health check, in the image's own form; undefined where there is none.
 * @throws GantryError `usage`, `invalid`
 */
export function healthSettings(options: LifecycleFlags, image: HealthConfig | undefined): HealthConfig | undefined {
  const asked: HealthConfig = {
    ...(options.healthCmd && { Test: ['CMD-SHELL', options.healthCmd] }),
    ...duration('Interval', '--health-interval', options.healthInterval),
    ...duration('Timeout', '--health-timeout', options.healthTimeout),
    ...duration('StartPeriod', '--health-start-period', options.healthStartPeriod),
    ...duration('StartInterval', '--health-start-interval', options.healthStartInterval),
    ...(options.healthRetries !== undefined && { Retries: checkRetries(options.healthRetries) }),
  };
  const asksForSome = Object.keys(asked).length > 0;
  if (options.noHealthcheck && asksForSome) {
    throw new GantryError('usage', '--no-healthcheck conflicts with --health-* options');
  }
  if (options.noHealthcheck) return NO_HEALTH_CHECK;
  const merged = asksForSome ? { ...image, ...asked } : image;
  if (options.restartUnhealthy && !healthCheckOf(merged)) {
    throw new GantryError('invalid', '--restart-unhealthy needs a health check, and the image has none', {
      hint: 'Give one with --health-cmd',
    });
  }
  return merged;
}

function duration(key: keyof HealthConfig, flag: string, text: string): HealthConfig {
  if (text === '') return {};
  const time = milliseconds(text);
  if (time === undefined) {
    throw new GantryError('usage', `invalid argument "${text}" for "${flag}" flag: invalid duration`, {
      hint: 'Like 500ms, 30s, 1m30s',
    });
  }
  if (time < 0) throw new GantryError('usage', `${flag} cannot be negative`);
  if (time > 0 && time < 1) throw new GantryError('usage', `${flag} cannot be less than 1ms`);
  // Zero is not set: the image's time, or the default.
  return time === 0 ? {} : { [key]: Math.round(time * NS_PER_MS) };
}

function checkRetries(retries: number): number {
  if (retries < 0) throw new GantryError('usage', '--health-retries cannot be negative');
  return retries;
}
