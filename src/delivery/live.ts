// Live: the host's own surfaces see the turns that the host does not run itself, while they run: whole paragraphs as they are
// complete, each tool as it begins and ends, and how the turn ended. It is told apart from the way to the chat, which waits
// for nothing of it.
import { describe } from "../../common/failure.ts";
import type { Identity } from "../../state/identity.ts";
import { isOver, type SessionEvent, type TurnResult } from "../session/events.ts";
import { RESET, stopped } from "../session/sentences.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Turn } from "../session/turn.ts";
import { TurnText } from "./turn-text.ts";

/** The turn that something is shown of; `turn` is the id of its prompt. */
export interface ShownTurn {
  identity: Identity;
  turn: string;
}

export interface ShownTool {
  id: string;
  title: string;
}

/** The surfaces of the host that may be looking on. Nothing here throws or is waited for, and all of it keeps its order. */
export interface Onlookers {
  /** Whole paragraphs, each once. */
  said(of: ShownTurn, text: string): void;
  toolBegan(of: ShownTurn, tool: ShownTool): void;
  /** `why`: what a failed one says. */
  toolEnded(of: ShownTurn, tool: ShownTool & { failed: boolean; why?: string | undefined }): void;
  /** The turn is over, and this is why where it did not end by itself. */
  broke(of: ShownTurn, sentence: string): void;
}

/** Between two rows of words of one turn: a page shows each as a message of its own. */
const PACE_MS = 1_000;
const NAMING_MS = 300;

/** Shows the host's surfaces every turn that the host does not show by itself, from now on. */
export function showLive(o: { sessions: Pick<Sessions, "read">; onlookers: Onlookers }): void {
  const views = new Map<Turn, TurnView>();
  o.sessions.read((identity, { event }, turn) => {
    if (!turn || turn.input.audience.is === "caller" || turn.input.audience.is === "job") return;
    if (event.type !== "said" && event.type !== "turn-settled") return;
    const view = views.get(turn) ?? new TurnView({ identity, turn: turn.input.id }, o.onlookers);
    views.set(turn, view);
    if (event.type === "said") return view.read(event.event);
    view.end(event.result);
    views.delete(turn);
  });
}

class TurnView {
  readonly #of: ShownTurn;
  readonly #onlookers: Onlookers;
  readonly #words = new TurnText((text) => this.#keep(text), true);
  readonly #tools = new Map<string, ShownTool>();
  #kept: string[] = [];
  #shown = Number.NEGATIVE_INFINITY;
  #next: NodeJS.Timeout | undefined;
  #unnamed: ShownTool | undefined;
  #naming: NodeJS.Timeout | undefined;

  constructor(of: ShownTurn, onlookers: Onlookers) {
    this.#of = of;
    this.#onlookers = onlookers;
  }

  read(event: SessionEvent): void {
    if (event.type === "ask" && event.copy) return;
    this.#words.read(event);
    if (event.type === "tool") this.#tool(event);
  }

  end(result: TurnResult): void {
    clearTimeout(this.#next);
    clearTimeout(this.#naming);
    // I6 (docs/architecture.md): nothing of the old session may come after a reset.
    if (result.status === "cancelled" && result.reason === RESET) return;
    this.#keep(this.#words.unposted());
    this.#show();
    for (const tool of this.#tools.values())
      this.#onlookers.toolEnded(this.#of, { ...tool, failed: result.status !== "completed" });
    if (result.status === "failed") this.#onlookers.broke(this.#of, `⚠️ ${describe(result.failure, "chat")}`);
    if (result.status === "cancelled") this.#onlookers.broke(this.#of, stopped());
  }

  #tool({ id, title, status, first, why }: Extract<SessionEvent, { type: "tool" }>): void {
    if (first) {
      this.#show();
      this.#naming = setTimeout(() => this.#name(), NAMING_MS).unref();
    }
    if (first || this.#unnamed?.id === id) this.#unnamed = { id, title };
    if (this.#unnamed?.id === id && (!first || isOver(status))) this.#name();
    if (!isOver(status) || !this.#tools.delete(id)) return;
    this.#onlookers.toolEnded(this.#of, { id, title, failed: status === "failed", why });
  }

  // A tool's first sign has only the name of its kind; what it is about comes with the next one.
  #name(): void {
    clearTimeout(this.#naming);
    const tool = this.#unnamed;
    this.#unnamed = undefined;
    if (!tool) return;
    this.#tools.set(tool.id, tool);
    this.#onlookers.toolBegan(this.#of, tool);
  }

  // Never at once: what is to be posted to the chat goes first.
  #keep(text: string): void {
    if (text === "") return;
    this.#kept.push(text);
    const wait = this.#shown + PACE_MS - performance.now();
    this.#next ??= setTimeout(() => this.#show(), Math.max(0, wait)).unref();
  }

  #show(): void {
    this.#name();
    clearTimeout(this.#next);
    this.#next = undefined;
    const text = this.#kept.join("");
    this.#kept = [];
    if (text === "") return;
    this.#shown = performance.now();
    this.#onlookers.said(this.#of, text);
  }
}
