// A write that may wait: done once for all who asked for it meanwhile, or along with another one.

export class DebouncedWrite {
  readonly #write: () => Promise<unknown>;
  readonly #withinMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(o: { write: () => Promise<unknown>; withinMs: number }) {
    this.#write = o.write;
    this.#withinMs = o.withinMs;
  }

  /** It is written before long; what fails then is tried again when it is asked for again. */
  schedule(): void {
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), this.#withinMs).unref();
  }

  /** Writes it, where somebody asked for it. */
  async flush(): Promise<void> {
    if (this.#timer) await this.#write();
  }

  /** It is being written. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
