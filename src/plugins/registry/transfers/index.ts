/**
 * Pull and push of whole images: what to transfer, layers in parallel, mirrors, what is recorded afterwards. Imports
 * blobs, contracts, distribution and http.
 */
export { localImage } from './local-image.js';
export { type TransferParts, Transfers } from './transfers.js';
