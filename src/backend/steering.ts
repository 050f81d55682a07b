// `/acp steer`: words into the running turn; where none runs, or the harness cannot, a turn of their own.
import { steer } from "../session/controls.ts";
import type { Session } from "../session/session.ts";
import { Turn } from "../session/turn.ts";

const TOLD = "Told Claude.";

/** The host wants a turn at once; whether it is one of its own shows only after the harness was asked. */
export function steerOr(
  session: Session,
  input: { requestId: string; text: string },
  start: () => Turn,
): Turn {
  const turn = new Turn({ id: input.requestId, text: input.text, images: [] });
  void steer(session.controls, input.text).then((told) => {
    if (!told) return follow(turn, start());
    turn.markSubmitted();
    turn.emit({ type: "notice", text: TOLD });
    turn.settle({ status: "completed", stopReason: "end_turn" });
  });
  return turn;
}

function follow(turn: Turn, real: Turn): void {
  real.read((event) => turn.emit(event));
  void real.submitted.then(() => turn.markSubmitted());
  void real.result.then((result) => turn.settle(result));
  const cancel = () => real.cancel(String(turn.signal.reason));
  if (turn.signal.aborted) cancel();
  turn.signal.addEventListener("abort", cancel, { once: true });
}
