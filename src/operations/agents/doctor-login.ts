// How Claude Code is logged in: its kind only, never an account, a key or a token.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** What `claude auth status --json` answers; everything else in it is the user's own business. */
const statusSchema = z.object({
  loggedIn: z.boolean(),
  authMethod: z.string().optional(),
  apiProvider: z.string().optional(),
});

// The Claude Code that `setup` installs is on nobody's PATH.
function how(command: readonly string[]): string {
  const typed = command
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(" ");
  return `Run \`${typed}\` once as the user the gateway runs as and log in, or give the gateway ANTHROPIC_API_KEY.`;
}

const kinds: Partial<Record<string, string>> = {
  api_key: "an API key",
  oauth_token: "CLAUDE_CODE_OAUTH_TOKEN",
  "claude.ai": `a ${HARNESS.name} account (~/.claude)`,
  third_party: "a cloud provider",
};

/**
 * `printed` is the output of `claude auth status --json`; `env` is what Claude would be started with, `command` how it is
 * started.
 */
export function loginFinding(
  printed: string,
  env: Readonly<Record<string, string | undefined>>,
  command: readonly string[] = ["claude"],
): Finding {
  const status = statusSchema.safeParse(parse(printed));
  if (!status.success) return unknownKind(env, how(command));
  if (!status.data.loggedIn) return fail(`${HARNESS.title} is not logged in.`, how(command));
  const method = status.data.authMethod ?? "";
  const provider = status.data.apiProvider ?? "firstParty";
  return ok(
    `${HARNESS.title} is logged in with ${kinds[method] ?? method}${provider === "firstParty" ? "" : ` (${provider})`}.`,
  );
}

/** An older Claude Code has no `auth status`: then only what the environment tells is known. */
function unknownKind(env: Readonly<Record<string, string | undefined>>, advice: string): Finding {
  for (const name of ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"]) {
    if (env[name]) return ok(`${HARNESS.title} is given ${name}.`);
  }
  return warn(`Whether ${HARNESS.title} is logged in cannot be told.`, advice);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
