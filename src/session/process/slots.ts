// Slots bound how many harness processes live at once. Who finds none waits in line, or has an idle session parked.

export interface SlotRequest {
  signal: AbortSignal;
  /** Told once, when the caller has to wait; `running` is how many hold a slot. */
  onWait: (running: number) => void;
}

export class Slots {
  readonly #limit: number;
  /** Parks the session that has been idle longest; false when none is idle. */
  readonly #parkOne: () => Promise<boolean>;
  readonly #line: (() => void)[] = [];
  readonly #parkings = new Set<Promise<unknown>>();
  #taken = 0;

  constructor(o: { limit: number; parkOne: () => Promise<boolean> }) {
    this.#limit = o.limit;
    this.#parkOne = o.parkOne;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** True when a slot can be had without anybody giving one up. */
  get free(): boolean {
    return this.#taken < this.#limit && this.#line.length === 0;
  }

  /** Rejects with the signal's reason when it aborts first. */
  async take({ signal, onWait }: SlotRequest): Promise<void> {
    signal.throwIfAborted();
    if (this.free) {
      this.#taken += 1;
      return;
    }
    let waiting = true;
    const place = this.#stand(signal).finally(() => {
      waiting = false;
    });
    // A session that cannot be parked is no reason to stop waiting.
    const parking: Promise<unknown> = this.#parkOne()
      .catch(() => false)
      .finally(() => this.#parkings.delete(parking));
    this.#parkings.add(parking);
    // A slot freed for this waiter may go to an earlier one, so keep waiting while any parking is in flight.
    while (waiting && this.#parkings.size > 0) await Promise.race([place, ...this.#parkings]);
    if (waiting) onWait(this.#taken);
    await place;
    if (!signal.aborted) return;
    this.give();
    signal.throwIfAborted();
  }

  /** Hands the slot to whoever has waited longest, if anybody has. */
  give(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#taken -= 1;
  }

  #stand(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const called = () => {
        signal.removeEventListener("abort", left);
        resolve();
      };
      const left = () => {
        this.#line.splice(this.#line.indexOf(called), 1);
        reject(signal.reason);
      };
      this.#line.push(called);
      signal.addEventListener("abort", left, { once: true });
    });
  }
}
