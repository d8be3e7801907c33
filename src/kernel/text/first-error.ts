/** What failed first, where a cleanup after it has failed as well: a scope's end wraps the first error in the second. */
export function firstError(error: unknown): unknown {
  return error instanceof SuppressedError ? firstError(error.suppressed) : error;
}
