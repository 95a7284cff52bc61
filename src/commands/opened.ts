/** Things to close when a command ends, in the opposite order; each is tried, whatever the others do. */
export class Opened {
  readonly #closers: (() => unknown)[] = [];

  /** Remembers how to close what a promise brings, and brings it. */
  async add<T>(opening: Promise<T>, close: (opened: T) => unknown): Promise<T> {
    const opened = await opening;
    this.#closers.push(() => close(opened));
    return opened;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch {
        // The command is over; there is nobody left who could do anything about it.
      }
    }
  }
}
