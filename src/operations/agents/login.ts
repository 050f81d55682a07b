// The operation `login`: leads the harness's own login in this terminal, as the user the gateway runs as.
import { z } from "zod";
import type { LoginWay } from "../../../adapters/claude/login.ts";
import type { Login } from "../../../adapters/harness.ts";
import { HARNESS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import { defineOperation, type Operation } from "../define.ts";

export interface LoginPorts {
  /** How it is logged in now; undefined where that cannot be told. Throws Failure where there is no harness. */
  read(signal: AbortSignal): Promise<Login | undefined>;
  /** Runs its own login with this terminal; resolves to its exit code. Throws Failure `refused` where there is no terminal. */
  lead(how: LoginWay): Promise<number>;
}

const input = z.strictObject({
  console: z
    .boolean()
    .default(false)
    .describe("Pay for API usage (Anthropic Console) instead of using a subscription."),
  sso: z.boolean().default(false).describe("Log in through your organization's single sign-on."),
  again: z.boolean().default(false).describe("Also where it is logged in already."),
});
const result = z.object({ loggedIn: z.boolean(), by: z.string().optional(), changed: z.boolean() });

export function loginOperation(ports: LoginPorts): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "login",
    summary: `Log ${HARNESS.title} in, with a subscription or for API usage.`,
    input,
    result,
    ownsTerminal: true,
    examples: ["openclaw contractor-agents login", "openclaw contractor-agents login --console"],
    run: async (given, { signal }) => {
      const before = await ports.read(signal);
      if (before?.loggedIn && !given.again) return { ...before, changed: false };
      const code = await ports.lead(given);
      const after = await ports.read(signal);
      if (after?.loggedIn) return { ...after, changed: true };
      throw new Failure({
        code: "not-logged-in",
        message: `${HARNESS.title} is not logged in; its own login ended with exit code ${code}.`,
        next: { say: "Run it again, or give the gateway ANTHROPIC_API_KEY." },
      });
    },
    text: ({ by, changed }) =>
      changed
        ? `${HARNESS.title} is logged in with ${by}. Running sessions notice it with their next message.`
        : `${HARNESS.title} is logged in already, with ${by}. To log in anew: openclaw contractor-agents login --again`,
  });
}
