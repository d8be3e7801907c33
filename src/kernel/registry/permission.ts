import { type CommandMetadata, EFFECTS, type Effect, GantryError } from '../contracts/index.js';
import type { CommandEntry } from './plugin-registry.js';

/** The effects that a command declares, whether its metadata come from its class or from a manifest. */
type Declared = Pick<CommandMetadata, 'effects'>;

/** Whether any of the effects is more than `read`. */
export function changesAnything(effects: readonly Effect[]): boolean {
  return effects.some((effect) => effect !== 'read');
}

/** Effects in one order, each once. `read` is always permitted. */
export function permitted(effects: readonly Effect[]): readonly Effect[] {
  return EFFECTS.filter((effect) => effect === 'read' || effects.includes(effect));
}

/**
 * Refuses a command that a limited caller may not run.
 * @throws GantryError `denied`
 */
export function demandPermission(
  allow: readonly Effect[],
  { names: [name] }: Pick<CommandEntry, 'names'>,
  { effects }: Declared,
): void {
  const missing = permitted(effects).filter((effect) => !permitted(allow).includes(effect));
  if (missing.length === 0) return;
  throw new GantryError(
    'denied',
    `Permission denied: this socket allows ${inWords(permitted(allow))}, and 'docker ${name}' needs ${inWords(missing)}`,
  );
}

/** `read`, `read and exec`, `read, write and exec`. */
function inWords(effects: readonly Effect[]): string {
  const last = effects.at(-1) ?? '';
  return effects.length < 2 ? last : `${effects.slice(0, -1).join(', ')} and ${last}`;
}
