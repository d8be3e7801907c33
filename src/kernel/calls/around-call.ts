import {
  type ExtendedCall,
  GantryError,
  GuestError,
  isKind,
  type OptionValues,
  PluginFailure,
} from '../contracts/index.js';
import { type CallScope, type Explanation, setScope } from '../dry-run/index.js';
import type { ExtensionEntry } from '../registry/index.js';

/** A call with the extensions of plugins around it, the first outermost. */
interface AroundCall {
  readonly extensions: readonly ExtensionEntry[];
  /** The values of an extension's own options. */
  ownOf(entry: ExtensionEntry): OptionValues;
  readonly call: ExtendedCall;
  readonly scope: CallScope;
  readonly explanation: Explanation | undefined;
  /** @throws GantryError `invalid` for changes that the command has no option for, naming the plugin */
  readonly checkChanges: (changes: OptionValues, plugin: string) => void;
  /** Runs the command, with changes of its options. */
  readonly command: (changes: OptionValues) => Promise<number>;
  /** Tells the user that a plugin was left out. */
  readonly warn: (message: string) => void;
}

/**
 * Runs a call through its extensions.
 * @throws what the command throws; GantryError `denied` for a veto, naming the plugin; `unavailable` where a plugin that
 * must be asked cannot answer
 */
export function callAround(chain: AroundCall): Promise<number> {
  const { extensions } = chain;
  // Those that may refuse the call see it last, as it will be.
  const ordered = [...extensions.filter(mayBeSkipped), ...extensions.filter((entry) => !mayBeSkipped(entry))];
  return step({ ...chain, extensions: ordered }, 0, {});
}

function mayBeSkipped({ extension }: ExtensionEntry): boolean {
  return extension.onFailure === 'skip';
}

async function step(chain: AroundCall, index: number, changes: OptionValues): Promise<number> {
  const entry = chain.extensions[index];
  if (!entry) return chain.command(changes);
  const { extension, plugin } = entry;
  const further = { answer: undefined as Promise<number> | undefined };
  const note = (verdict: string): void => chain.explanation?.note(plugin.id, extension.onFailure === 'refuse', verdict);
  const next = (own: OptionValues = {}): Promise<number> => {
    if (further.answer) return further.answer;
    chain.checkChanges(own, plugin.id);
    if (Object.keys(own).length > 0) refuseLateChange(chain, index);
    note(`goes on${Object.keys(own).length > 0 ? ` with ${JSON.stringify(own)}` : ''}`);
    further.answer = step(chain, index + 1, { ...changes, ...own });
    // Whether the extension waits for it or not.
    further.answer.catch(() => {});
    return further.answer;
  };
  if (!extension.around) return next();
  const call = setScope({ ...chain.call, options: { ...chain.call.options, ...changes } }, chain.scope);
  try {
    const exitCode = await extension.around(chain.ownOf(entry), call, next);
    if (further.answer) await further.answer.catch(() => {});
    else note(`answers in its place, with exit code ${exitCode}`);
    return exitCode;
  } catch (error) {
    // What the command itself threw comes back as another object: the first one counts.
    if (further.answer) return afterwards(await further.answer, error, chain);
    if (isFailure(error) && extension.onFailure === 'skip') {
      note(`cannot answer: ${messageOf(error)}`);
      chain.warn(`${messageOf(error)}; going on without it`);
      return next();
    }
    const refused = refusal(error, plugin.id, chain.call.command);
    note(isKind(error, 'denied') ? `refuses: ${messageOf(error)}` : `fails: ${messageOf(error)}`);
    throw refused;
  }
}

/** @throws GantryError `denied` where a plugin that must agree has agreed to other options already */
function refuseLateChange({ extensions, call }: AroundCall, index: number): void {
  const agreed = extensions.slice(0, index).find((entry) => entry.extension.around && !mayBeSkipped(entry));
  if (!agreed) return;
  const message = `plugin '${extensions[index]?.plugin.id}' changes 'docker ${call.command}' after plugin '${agreed.plugin.id}' has agreed to it`;
  throw new GantryError('denied', message, { hint: `One that changes calls declares onFailure: 'skip'` });
}

/** The command has run: a plugin that fails after it takes nothing back. */
function afterwards(exitCode: number, error: unknown, chain: AroundCall): number {
  chain.warn(messageOf(error));
  return exitCode;
}

function isFailure(error: unknown): boolean {
  return error instanceof PluginFailure || error instanceof GuestError;
}

function refusal(error: unknown, plugin: string, command: string): unknown {
  if (isFailure(error)) {
    const message = `plugin '${plugin}' must agree to 'docker ${command}', and cannot answer: ${messageOf(error)}`;
    return new GantryError('unavailable', message, { cause: error });
  }
  if (!isKind(error, 'denied')) return error;
  const { message, hint } = error as GantryError;
  return new GantryError('denied', `refused by plugin '${plugin}': ${message}`, hint === undefined ? {} : { hint });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
