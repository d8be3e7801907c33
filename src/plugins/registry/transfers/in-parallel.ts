/**
 * Does the work for each item, some at a time, in order of the items. After a failure no further item is started.
 * @param failed called at the first failure, so that the items under way can be cancelled
 * @returns once all started items have ended: the results, with holes for failures, and the first failure
 */
export async function inParallel<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T, index: number) => Promise<R>,
  failed: (error: unknown) => void,
): Promise<{ readonly results: readonly R[]; readonly failure?: unknown }> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results[index] = await work(items[index] as T, index);
      } catch (error) {
        if (failures.push(error) === 1) failed(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return failures.length > 0 ? { results, failure: failures[0] } : { results };
}
