import { GantryError } from './errors.js';

/** A third-party plugin that cannot answer: it crashed, was ended, takes too long, or rests. */
export class PluginFailure extends GantryError {
  constructor(
    plugin: string,
    reason: string,
    /** Where in the plugin's code; may be empty. */
    readonly guestStack = '',
    cause?: unknown,
  ) {
    super('unavailable', `plugin '${plugin}' ${reason}`, { hint: `docker plugin inspect ${plugin} tells more`, cause });
    this.name = 'PluginFailure';
  }
}

/** An error in the code of a plugin that is no `GantryError`, so a bug, with the stack of the plugin's process. */
export class GuestError extends Error {
  override readonly name = 'GuestError';
  constructor(
    message: string,
    readonly guestStack: string,
  ) {
    super(message);
  }
}
