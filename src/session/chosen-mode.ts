// A mode chosen with an answer, such as "approve the plan and accept edits", where the harness has no such option. The tool
// in question may set a mode itself when it ends, as a plan does, and the last one set wins, so ours is set after that.
import { isOver, type SessionEvent } from "./events.ts";

export class ChosenMode {
  readonly #set: (mode: string) => Promise<void>;
  #chosen: { toolCallId: string; mode: string } | undefined;

  constructor(set: (mode: string) => Promise<void>) {
    this.#set = set;
  }

  /** Sets the mode as soon as this tool call has ended. */
  after(toolCallId: string, mode: string): void {
    this.#chosen = { toolCallId, mode };
  }

  heard(event: SessionEvent): void {
    const mine = event.type === "tool" && event.id === this.#chosen?.toolCallId;
    if (mine && isOver(event.status)) this.settle();
  }

  /** Nothing more comes of the turn: a mode that still waits is set now. A harness that is gone has it at its next start. */
  settle(): void {
    const chosen = this.#chosen;
    this.#chosen = undefined;
    if (chosen) this.#set(chosen.mode).catch(() => {});
  }
}
