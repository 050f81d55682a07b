// The tools a harness used in a turn without asking us: its own rules, settings or hooks decided, and the record says so.
import { isOver, type SessionEvent, type ToolKind } from "./events.ts";

// What changes something, or may. Reading and thinking are not worth a line each.
const ON_RECORD: ReadonlySet<ToolKind> = new Set(["edit", "delete", "move", "execute", "fetch", "other"]);

export class UnreportedTools {
  readonly #used: (tool: { name: string; title: string }) => Promise<void>;
  // The tool calls of this turn that were asked about, or are on record already.
  readonly #accounted = new Set<string>();

  /** `used` is called once for each tool call that ends without having been asked about. */
  constructor(used: (tool: { name: string; title: string }) => Promise<void>) {
    this.#used = used;
  }

  asked(toolCallId: string): void {
    this.#accounted.add(toolCallId);
  }

  /** `nameOf` gives the harness's own name of a tool call, where it is known. */
  heard(event: SessionEvent, nameOf: (id: string) => string | undefined): void {
    if (event.type !== "tool" || !isOver(event.status) || !ON_RECORD.has(event.kind)) return;
    if (this.#accounted.has(event.id)) return;
    this.#accounted.add(event.id);
    void this.#used({ name: nameOf(event.id) ?? event.kind, title: event.title }).catch(() => {});
  }

  /** The turn is over. */
  clear(): void {
    this.#accounted.clear();
  }
}
