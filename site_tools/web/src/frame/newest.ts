/** Work that follows a moving hand: one at a time, and of all that is asked meanwhile only the newest. */
export class Newest<T> {
  #wanted: { value: T } | undefined;
  #busy = false;

  /** @param work tells its failures itself; whether it failed or not, the newest wish is next */
  constructor(private readonly work: (wanted: T) => Promise<void>) {}

  async ask(value: T): Promise<void> {
    this.#wanted = { value };
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#wanted) {
        const { value } = this.#wanted;
        this.#wanted = undefined;
        await this.work(value);
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Forget what waits; what is under way goes on. */
  drop(): void {
    this.#wanted = undefined;
  }
}
