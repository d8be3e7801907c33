/**
 * Comes back to the working folder when the scope ends. A folder that has been removed is no failure: the call goes on
 * in `/`.
 */
export function keepWorkingFolder(): Disposable {
  const folder = workingFolder();
  return { [Symbol.dispose]: () => goBackTo(folder) };
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

function goBackTo(folder: string): void {
  try {
    process.chdir(folder);
  } catch {
    process.chdir('/');
  }
}
