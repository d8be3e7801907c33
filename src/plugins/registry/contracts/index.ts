/**
 * Types and token of registries. Imports the kernel and the contracts of images; no other room.
 */
export {
  type Pulled,
  Registries,
  type SearchResult,
  type TransferOptions,
  type TransferProgress,
} from './registries.js';
