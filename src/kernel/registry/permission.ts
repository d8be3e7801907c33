import { type CommandMetadata, EFFECTS, type Effect, GantryError } from '../contracts/index.js';
import type { CommandEntry } from './plugin-registry.js';

/** What a command needs to be let through, which only its metadata tell: whether they come from its class or a manifest. */
type Declared = Pick<CommandMetadata, 'effects'>;

/** All but looking on. */
export function changesAnything(effects: readonly Effect[]): boolean {
  return effects.some((effect) => effect !== 'read');
}

/** Effects in one order, each once. Whoever may do anything may look, too. */
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
