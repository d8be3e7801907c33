/** A test as TAP reports it (https://testanything.org/tap-version-13-specification.html). */
export interface TapTest {
  readonly title: string;
  readonly passed: boolean;
  /** The lines below it: log lines, and what AVA tells of an error. */
  readonly details: readonly string[];
}

/** Reads what `ava --tap` prints, line by line. A test that failed is given when its details are complete. */
export class TapReader {
  #failed: { title: string; details: string[] } | undefined;

  constructor(private readonly onTest: (test: TapTest) => void) {}

  read(line: string): void {
    const result = /^(not )?ok \d+(?: - (.*))?$/.exec(line);
    if (result) {
      this.end();
      const title = result[2] ?? '';
      if (result[1] === undefined) this.onTest({ title, passed: true, details: [] });
      else this.#failed = { title, details: [] };
    } else if (line === '  ...') {
      this.end();
    } else if (line.trim() !== '' && line !== '  ---') {
      this.#failed?.details.push(line);
    }
  }

  end(): void {
    const failed = this.#failed;
    this.#failed = undefined;
    if (failed) this.onTest({ ...failed, passed: false });
  }
}
