import { GantryError } from '../../../kernel/index.js';
import { familiarReference, parseReference, withDefaultTag } from '../contracts/index.js';

/** Images and names that a dry run has removed and made so far, shared by the plans of this plugin's services. */
export class PlannedImages {
  static readonly #ofRun = new WeakMap<object, PlannedImages>();

  /** Familiar names. */
  readonly untagged = new Set<string>();
  readonly removed = new Set<string>();
  readonly made = new Set<string>();

  static of(dryRun: object = {}): PlannedImages {
    const known = PlannedImages.#ofRun.get(dryRun) ?? new PlannedImages();
    PlannedImages.#ofRun.set(dryRun, known);
    return known;
  }

  /** @throws GantryError `not found` for a name that the dry run has removed */
  refuseUntagged(reference: string): void {
    const name = familiarOrUndefined(reference);
    if (name !== undefined && this.untagged.has(name)) throw new GantryError('not found', `No such image: ${name}`);
  }
}

/** `busybox:latest`; undefined for text that is no name. */
export function familiarOrUndefined(reference: string): string | undefined {
  try {
    return familiarReference(withDefaultTag(parseReference(reference)));
  } catch {
    return undefined;
  }
}
