// Times of activity that are known and not on disk yet, by session; the session map reads as if they were.

interface Active {
  agentId: string;
  openclawSessionKey: string;
  /** ISO time. */
  lastActivityAt: string;
}

export class ActivityOverlay {
  readonly #times = new Map<string, string>();

  get any(): boolean {
    return this.#times.size > 0;
  }

  note({ agentId, sessionKey }: { agentId: string; sessionKey: string }, at: string): void {
    this.#times.set(keyOf({ agentId, openclawSessionKey: sessionKey }), at);
  }

  /** The entry with the later time of the two. */
  on<T extends Active>(entry: T): T {
    const at = this.#times.get(keyOf(entry));
    return at === undefined || at <= entry.lastActivityAt ? entry : { ...entry, lastActivityAt: at };
  }

  /** What the entry says is on disk. */
  written(entry: Active): void {
    const key = keyOf(entry);
    if ((this.#times.get(key) ?? "") <= entry.lastActivityAt) this.#times.delete(key);
  }
}

function keyOf({ agentId, openclawSessionKey }: Pick<Active, "agentId" | "openclawSessionKey">): string {
  return `${agentId}\0${openclawSessionKey}`;
}
