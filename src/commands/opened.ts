/** Things to close when a command ends, in the opposite order; each is tried, whatever the others do. */
export class Opened {
  readonly #openings: Promise<() => unknown>[] = [];

  /** Remembers how to close what a promise brings, and brings it. */
  add<T>(opening: Promise<T>, close: (opened: T) => unknown): Promise<T> {
    this.#openings.push(opening.then((opened) => () => close(opened)));
    return opening;
  }

  /** Waits for what is still opening: when one of several fails, the others must not be left open. */
  async close(): Promise<void> {
    const openings = await Promise.allSettled(this.#openings.splice(0).reverse());
    for (const opening of openings) {
      if (opening.status === "rejected") continue;
      try {
        await opening.value();
      } catch {
        // The command is over; there is nobody left who could do anything about it.
      }
    }
  }
}
