// `/acp steer`: words into the running turn; where none runs, or the harness cannot, a turn of their own.
import { steer } from "../session/controls.ts";
import type { Session } from "../session/session.ts";
import type { Turn } from "../session/turn.ts";

/**
 * The turn has its place in the line from the start, so that what comes later cannot overtake it; whether it is needed
 * shows only after the harness was asked. `start` makes it, not to run before `asked`.
 */
export function steerOr(session: Session, text: string, start: (asked: Promise<unknown>) => Turn): Turn {
  const asked = steer(session.controls, text);
  const turn = start(asked);
  void asked.then((told) => {
    if (!told) return;
    turn.markSubmitted();
    turn.emit({ type: "notice", text: `Told ${session.harness.name}.` });
    turn.settle({ status: "completed", stopReason: "end_turn" });
  });
  return turn;
}
