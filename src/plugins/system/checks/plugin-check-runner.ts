import {
  type Check,
  type CheckOptions,
  type Finding,
  GantryError,
  PluginChecks,
  systemFailure,
} from '../../../kernel/index.js';
import type { Checks } from '../contracts/index.js';

/** Runs the checks of all plugins, one after the other. */
export class PluginCheckRunner implements Checks {
  constructor(@PluginChecks private readonly checks: PluginChecks) {}

  async *find(options: CheckOptions): AsyncIterable<Finding> {
    for (const { what, make } of this.checks.all()) yield* safely(what, make, options);
  }

  async repair({ repair }: Finding): Promise<void> {
    await repair?.run();
  }
}

/** Runs one check. If it fails, the failure is a finding, and the other checks run. */
async function* safely(what: string, make: () => Promise<Check>, options: CheckOptions): AsyncIterable<Finding> {
  try {
    yield* (await make()).findings(options);
  } catch (error) {
    const { message, hint } = error instanceof GantryError ? error : (systemFailure(error) ?? unexpected(error));
    yield { object: what, problem: `cannot be checked: ${message}`, ...(hint !== undefined && { hint }) };
  }
}

function unexpected(error: unknown): { readonly message: string; readonly hint?: string } {
  return { message: error instanceof Error ? error.message : String(error) };
}
