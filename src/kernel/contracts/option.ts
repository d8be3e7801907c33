import 'reflect-metadata';
import { demandProperty, OPTIONS_KEY } from './decorators.js';

export type OptionType = 'boolean' | 'string' | 'integer' | 'list';

/**
 * The values of an option: the words themselves, or the kind of thing whose names complete it, `container` or `image`, for
 * which a built-in plugin brings the names. `file` and `folder` are completed by the user's shell.
 * `container|image` is any of both. No words at all, `[]`, say that nothing completes it.
 */
export type Completion = string | readonly string[];

export interface OptionMetadata {
  /** The property that receives the value. */
  readonly property: string;
  /** `-d, --detach`, `--name`, `-q`. Long names also work with one dash, as in Go: `-notrunc` is `--no-trunc`. */
  readonly flags: string;
  readonly description: string;
  /** `boolean` unless told. `list` may be repeated, and collects strings. */
  readonly type: OptionType;
  /** The word that stands for the value in help, Docker's own: `string`, `list`, `bytes`. Derived from the type if absent. */
  readonly value?: string;
  /** Shown in help as `(default …)`. The real default is the property's initial value. */
  readonly shownDefault?: string;
  /** The completion of its value. */
  readonly complete?: Completion;
  /** Accepted, and left out of help: old spellings. */
  readonly hidden?: boolean;
}

/** Declares a flag on a property. Stores its metadata and nothing else. */
export function Option(
  flags: string,
  description: string,
  detail: Partial<Omit<OptionMetadata, 'property' | 'flags' | 'description'>> = {},
) {
  return (target: object, property: string): void => {
    demandProperty('Option', target, property);
    const declared: OptionMetadata = { type: 'boolean', ...detail, property, flags, description };
    Reflect.defineMetadata(OPTIONS_KEY, [...optionsOf(target.constructor), declared], target.constructor);
  };
}

/** The options that a command class declares, in the order of declaration, inherited ones first. */
export function optionsOf(target: object): readonly OptionMetadata[] {
  return (Reflect.getMetadata(OPTIONS_KEY, target) as readonly OptionMetadata[] | undefined) ?? [];
}
