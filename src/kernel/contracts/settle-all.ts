/** Waits for all of them, whatever fails, and then throws the first error: so no release hinders another. */
export async function settleAll(releases: Iterable<Promise<unknown>>): Promise<void> {
  const results = await Promise.allSettled(releases);
  const failure = results.find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
}
