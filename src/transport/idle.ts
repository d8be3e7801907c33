/** Connections that have not yet said what they want, oldest first, and never more than a given number of them. */
export class IdleConnections {
  readonly #waiting = new Set<{ destroy(): unknown }>();

  constructor(private readonly most: number) {}

  add(connection: { destroy(): unknown }): void {
    this.#waiting.add(connection);
    if (this.#waiting.size > this.most) this.dropOldest();
  }

  delete(connection: { destroy(): unknown }): void {
    this.#waiting.delete(connection);
  }

  dropOldest(): void {
    const [oldest] = this.#waiting;
    if (!oldest) return;
    this.#waiting.delete(oldest);
    oldest.destroy();
  }

  dropAll(): void {
    while (this.#waiting.size > 0) this.dropOldest();
  }
}
