import { GantryError } from '../contracts/index.js';

export function syntaxError(message: string): GantryError {
  return new GantryError('invalid', `template parsing error: ${message}`);
}
