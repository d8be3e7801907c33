const CONTAINER_PREFIX = 'container:';

/** Whether a container of this mode has endpoints on networks of its own. */
export function hasNetwork(mode: string): boolean {
  return mode !== 'none' && mode !== 'host' && parseContainerMode(mode) === undefined;
}

/** The container whose network is joined, for `container:NAME`. */
export function parseContainerMode(mode: string): string | undefined {
  return mode.startsWith(CONTAINER_PREFIX) ? mode.slice(CONTAINER_PREFIX.length) : undefined;
}

export function containerMode(id: string): `container:${string}` {
  return `${CONTAINER_PREFIX}${id}`;
}
