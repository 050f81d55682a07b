// Progress is what a chat is shown of a turn beside Claude's words: each tool, or a sign that it still works when it is silent.
import { code, plain } from "../../common/text.ts";
import type { SessionEvent } from "../session/events.ts";
import type { DeliveryStyle } from "./style.ts";

export interface ProgressParts {
  level: DeliveryStyle["progress"];
  /** Posts a line, after what was said so far. */
  say: (line: string) => void;
  /** True while somebody is asked something: then it is not Claude who is waited for. */
  asking: () => boolean;
}

const SILENT_MS = 60_000;
const AGAIN_MS = 120_000;
const LOOK_MS = 1_000;
const WIDTH = 80;

export class Progress {
  readonly #parts: ProgressParts;
  readonly #running = new Map<string, string>();
  readonly #named = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #began = 0;
  #shown = 0;
  #told = Number.NEGATIVE_INFINITY;
  #step = "";

  constructor(parts: ProgressParts) {
    this.#parts = parts;
  }

  /** The turn has begun. */
  start(): void {
    this.#began = performance.now();
    this.#shown = this.#began;
    if (this.#parts.level !== "normal") return;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The chat has seen something of this turn. */
  shown(): void {
    this.#shown = performance.now();
  }

  read(event: SessionEvent): void {
    if (event.type === "plan") this.#follow(stepOf(event.entries));
    if (event.type !== "tool") return;
    const over = event.status === "completed" || event.status === "failed";
    if (over) this.#running.delete(event.id);
    else this.#running.set(event.id, event.title);
    if (this.#parts.level === "verbose") this.#name(event, over);
  }

  #follow(step: string): void {
    if (step !== "" && step !== this.#step && this.#parts.level === "verbose") this.#parts.say(`▸ ${step}`);
    this.#step = step;
  }

  // The first word of a tool is its kind ("Terminal"); what it is told to do comes with the second.
  #name({ id, title, first }: Extract<SessionEvent, { type: "tool" }>, over: boolean): void {
    if ((first && !over) || this.#named.has(id)) return;
    this.#named.add(id);
    this.#parts.say(`🔧 ${code(plain(title, WIDTH))}`);
  }

  #look(): void {
    const now = performance.now();
    if (this.#parts.asking()) this.#shown = now;
    if (now - this.#shown < SILENT_MS || now - this.#told < AGAIN_MS) return;
    this.#told = now;
    const working = stillWorking([...this.#running.values()], now - this.#began);
    this.#parts.say(this.#step === "" ? working : `${working} ${this.#step}`);
  }
}

// The step of Claude's own list that it is at; nothing where it has none under way.
function stepOf(entries: readonly { content: string; status: string }[]): string {
  const at = entries.findIndex(({ status }) => status === "in_progress");
  const step = entries[at];
  return step ? `Step ${at + 1} of ${entries.length}: ${code(plain(step.content, WIDTH))}` : "";
}

function stillWorking(tools: string[], ms: number): string {
  const minutes = `${Math.max(1, Math.round(ms / 60_000))} min`;
  const what = tools.map((title) => code(plain(title, WIDTH))).join(", ");
  return what === "" ? `Still working (${minutes}).` : `Still working: ${what} (${minutes}).`;
}
