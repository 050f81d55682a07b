// What the user reads of a session's fate, whichever way it came.
import { Failure } from "../../adapters/failure.ts";

export const CLOSED = "This session was closed.";
/** Why the turns of a session that was reset were cancelled. */
export const RESET = "The session was reset.";
export const NEW_SESSION = "New session. The earlier one is kept and can be resumed.";

export const ELSEWHERE =
  "This session went on in another program meanwhile (a terminal?). I have read what was said there; end it there before we go on here, or one of the two will be lost.";

export function closed(): Failure {
  return new Failure({ code: "closed", message: CLOSED, next: "Send your message again for a new one." });
}
