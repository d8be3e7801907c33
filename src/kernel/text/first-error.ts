/** What failed first, where a cleanup after it has failed as well: a scope's end wraps the first error in the second. */
export function firstError(error: unknown): unknown {
  return error instanceof SuppressedError ? firstError(error.suppressed) : error;
}

/** Waits for all of them, whatever fails, and then throws the first error: so no release hinders another. */
export async function settleAll(releases: Iterable<Promise<unknown>>): Promise<void> {
  const results = await Promise.allSettled(releases);
  const failure = results.find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
}
