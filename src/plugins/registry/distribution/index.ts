/**
 * The OCI distribution specification over HTTP: manifests, platforms, blobs up and down, search, and Docker Hub's
 * names. Imports blobs, contracts and http.
 */

export { choosePlatform } from './choose-platform.js';
export { domainOf, hostOf, isHub, loginKey, loginKeyOf } from './docker-hub.js';
export { Download } from './download.js';
export { type Manifest, parseManifest } from './manifest.js';
export { type FetchedManifest, Repository } from './repository.js';
export { search } from './search-repositories.js';
export { bytesSource, fileSource, uploadBlob } from './upload.js';
