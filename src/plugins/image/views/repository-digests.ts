import { type Distribution, familiarName, parseReference } from '../contracts/index.js';

/** `repository@sha256:…` of the manifests that registries are known to have of an image. */
export function repositoryDigests(distribution: Pick<Distribution, 'manifestsOf'>, imageId: string): readonly string[] {
  return distribution
    .manifestsOf(imageId)
    .map(({ repository, digest }) => `${familiarName(parseReference(repository))}@${digest}`);
}
