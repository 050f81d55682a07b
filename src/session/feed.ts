// The feed of a session: everything that happens in it, numbered, in one order, for any number of readers. A reader that
// throws or never reads harms nobody; what is kept for those who read later is bounded. I15 (docs/architecture.md).
import type { Route } from "../../state/session-map.ts";
import type { Audience } from "./audience.ts";
import type { SessionEvent, TurnResult } from "./events.ts";
import type { TurnUsage } from "./usage.ts";

export type SessionState = "absent" | "warming" | "starting" | "ready" | "running" | "closed";

/** `turn` names the turn: the id of its prompt. */
export type FeedEvent =
  | { type: "state"; state: SessionState }
  /** A turn begins; `text` is what it was prompted with, cut after 4,000 characters. */
  | { type: "turn-started"; turn: string; text: string; audience: Audience["is"]; unsolicited: boolean }
  /** The harness, or we about it, said or did something in a turn. */
  | { type: "said"; turn: string; event: SessionEvent }
  | { type: "turn-settled"; turn: string; result: TurnResult; usage: TurnUsage | undefined }
  /** Somebody is asked something, or is not any more. */
  | { type: "asked" }
  | { type: "answered" }
  /** A prompt of ours that is to follow the running turn, for the same audience. */
  | { type: "follow-up"; text: string; audience: Audience }
  /** Another harness session stands behind the session from now on; `place` is the conversation that wanted it. */
  | { type: "reset"; place?: Route }
  /** Nothing runs and nothing waits. */
  | { type: "idle" }
  /** It was closed for good, and the record says so. */
  | { type: "closed" }
  /** To a reader that was too slow alone: so many entries are not kept any more. */
  | { type: "missed"; entries: number };

export interface FeedEntry {
  /** Rises by one with every entry of this session, from 1. */
  seq: number;
  /** Milliseconds since the epoch. */
  at: number;
  event: FeedEvent;
}

/** `turn` is the turn the entry is of, where it is of one. */
export type FeedReader<T> = (entry: FeedEntry, turn: T | undefined) => void;

export interface FeedParts {
  /** A reader threw. */
  onError?: (error: unknown) => void;
  now?: () => number;
  /** How many entries, and how many characters in them, are kept for readers that join late or are slow. */
  kept?: { entries: number; characters: number };
}

const KEPT = { entries: 2_000, characters: 400_000 };
const OVERHEAD = 100;
const SLACK = 200;

export class Feed<T = undefined> {
  readonly #parts: FeedParts;
  readonly #readers = new Set<FeedReader<T>>();
  // Entry n is at n - #first; those before #oldest are not kept any more.
  readonly #entries: (FeedEntry | undefined)[] = [];
  #first = 1;
  #oldest = 1;
  #characters = 0;
  #seq = 0;
  readonly #waiting = new Set<() => void>();
  readonly #pending: { entry: FeedEntry; turn: T | undefined }[] = [];
  #telling = false;

  constructor(parts: FeedParts = {}) {
    this.#parts = parts;
  }

  /** The number of the newest entry; 0 before there is one. */
  get last(): number {
    return this.#seq;
  }

  /** What a reader publishes while it is told something comes after that, for every reader. */
  publish(event: FeedEvent, turn?: T): void {
    this.#seq += 1;
    const entry = { seq: this.#seq, at: this.#now(), event };
    this.#keep(entry);
    this.#pending.push({ entry, turn });
    if (this.#telling) return;
    this.#telling = true;
    for (let next = this.#pending.shift(); next; next = this.#pending.shift())
      this.#tell(next.entry, next.turn);
    this.#telling = false;
    if (this.#waiting.size > 0) for (const wake of [...this.#waiting]) wake();
  }

  /** Calls the reader with each entry from now on, at once, until the returned function is called. */
  read(reader: FeedReader<T>): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /**
   * Every entry from number `from` on [from now on], until the signal aborts; what is not kept any more is one `missed`.
   * Each reader has its own place, and costs nothing while it does not read.
   */
  async *watch(o: { from?: number; signal: AbortSignal }): AsyncGenerator<FeedEntry, void, void> {
    let next = Math.max(1, o.from ?? this.#seq + 1);
    while (!o.signal.aborted) {
      const entries = this.#oldest - next;
      if (entries > 0) {
        next = this.#oldest;
        yield { seq: next - 1, at: this.#now(), event: { type: "missed", entries } };
        continue;
      }
      const entry = this.#entries[next - this.#first];
      if (entry) {
        next += 1;
        yield entry;
      } else await this.#news(o.signal);
    }
  }

  #now(): number {
    return (this.#parts.now ?? Date.now)();
  }

  // Resolves at the next entry, or when the signal aborts.
  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }

  #tell(entry: FeedEntry, turn: T | undefined): void {
    for (const reader of this.#readers) {
      try {
        reader(entry, turn);
      } catch (error) {
        this.#parts.onError?.(error);
      }
    }
  }

  #keep(entry: FeedEntry): void {
    const { entries, characters } = this.#parts.kept ?? KEPT;
    this.#entries.push(entry);
    this.#characters += sizeOf(entry);
    while (
      this.#oldest < entry.seq &&
      (entry.seq - this.#oldest >= entries || this.#characters > characters)
    ) {
      const at = this.#oldest - this.#first;
      this.#characters -= sizeOf(this.#entries[at]);
      this.#entries[at] = undefined;
      this.#oldest += 1;
    }
    // In pieces, so that not every entry moves all the others.
    if (this.#oldest - this.#first < SLACK) return;
    this.#entries.splice(0, this.#oldest - this.#first);
    this.#first = this.#oldest;
  }
}

function sizeOf(entry: FeedEntry | undefined): number {
  if (!entry) return 0;
  const { event } = entry;
  if (event.type === "turn-started" || event.type === "follow-up") return OVERHEAD + event.text.length;
  return event.type === "said" && "text" in event.event ? OVERHEAD + event.event.text.length : OVERHEAD;
}
