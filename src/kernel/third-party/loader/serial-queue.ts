/** Work that is done one after another, in the order in which it was asked for; what fails holds up nothing. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
