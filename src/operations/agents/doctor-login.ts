// Whether Claude Code is logged in, with what, and whether that is accepted.
import type { Login } from "../../../adapters/harness.ts";
import { HARNESS } from "../../../adapters/kinds.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const HOW =
  "Run `openclaw contractor-agents login` as the user the gateway runs as, or give the gateway ANTHROPIC_API_KEY.";

/** `accepted` is what Anthropic says to an API key; undefined where that was not asked, or nobody answered. */
export function loginFinding(login: Login | undefined, accepted?: boolean): Finding {
  if (login === undefined) return warn(`Whether ${HARNESS.title} is logged in cannot be told.`, HOW);
  if (!login.loggedIn) return fail(`${HARNESS.title} is not logged in.`, HOW);
  if (accepted === false)
    return fail(
      `${HARNESS.title} is given ${login.by}, and Anthropic refuses it.`,
      "Correct ANTHROPIC_API_KEY in the gateway's environment or in harness.env, or run `openclaw contractor-agents login`.",
    );
  const checked = accepted ? ", which Anthropic accepts" : "";
  return ok(`${HARNESS.title} is logged in with ${login.by}${checked}.`);
}
