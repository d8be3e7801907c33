/** What a rig has found. A thing that stays broken is found once. */
export class Findings {
  readonly lines: string[] = [];
  readonly #known = new Set<string>();

  constructor(private readonly tell: (line: string) => void) {}

  /** @param where what led to it: names, seeds */
  add(found: Iterable<string>, where: string | ((line: string) => string) = ''): void {
    for (const line of found) {
      if (this.#known.has(line)) continue;
      this.#known.add(line);
      const context = typeof where === 'string' ? where : where(line);
      this.lines.push(context ? `${context}: ${line}` : line);
      this.tell(this.lines.at(-1) ?? '');
    }
  }
}
