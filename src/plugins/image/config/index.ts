/**
 * Image configurations as documents: reading untrusted ones, composing new ones, `--change` instructions. Reads no
 * file and no row. Imports contracts.
 */
export { applyChanges } from './change-instructions.js';
export { hostArchitecture } from './host-architecture.js';
export {
  composeDocument,
  type HistoryEntry,
  type ImageDocument,
  parseDocument,
  refuseTooManyLayers,
  toImage,
} from './image-config.js';
export {
  checkPlatform,
  fits,
  hostPlatform,
  parsePlatform,
  platformRank,
  platformText,
} from './platform.js';
export { tagFromArguments } from './tag-arguments.js';
export { MAX_CONFIG_BYTES, parseUntrustedDocument } from './untrusted-document.js';
