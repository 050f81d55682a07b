// How Claude Code is logged in, and so who pays: its kind and plan, never an account, a key or a token.
import { tmpdir } from "node:os";
import { z } from "zod";
import { Failure } from "../../common/failure.ts";
import type { Login } from "../harness.ts";
import { runSupervised } from "../provision/supervised-child.ts";
import type { ClaudeProgram } from "./program.ts";

// People are shown these, so they are words and nothing longer.
const word = z.string().regex(/^[\w.@ -]{0,40}$/);

/** What `claude auth status --json` answers; everything else in it is the user's own business. */
const answered = z.object({
  loggedIn: z.boolean(),
  authMethod: word.optional(),
  apiProvider: word.optional(),
  subscriptionType: word.nullish(),
});

const METHODS: Partial<Record<string, string>> = {
  api_key: "an API key",
  oauth_token: "CLAUDE_CODE_OAUTH_TOKEN",
  "claude.ai": "a Claude account",
  third_party: "a cloud provider",
};
const KEYS = ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"];
const STATUS_MS = 20_000;
const CHECK_MS = 5_000;

/**
 * Asks Claude Code itself. Undefined where that cannot be told: an older one has no `auth status`, and then only what the
 * environment gives it is known. Throws the signal's reason.
 */
export async function askLogin(
  { command, env }: ClaudeProgram,
  signal: AbortSignal,
): Promise<Login | undefined> {
  const run = { command: [...command, "auth", "status", "--json"], cwd: tmpdir(), env, signal };
  const { stdout } = await runSupervised({ ...run, timeoutMs: STATUS_MS }).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof Failure) return { stdout: "" };
    throw error;
  });
  return readLogin(stdout, env);
}

/** How somebody wants to log in: for API usage instead of a subscription, through single sign-on. */
export interface LoginWay {
  console: boolean;
  sso: boolean;
}

/** The words behind Claude Code's own that lead its login. */
export function loginWords({ console, sso }: LoginWay): string[] {
  return ["auth", "login", console ? "--console" : "--claudeai", ...(sso ? ["--sso"] : [])];
}

/** `printed` is the output of `claude auth status --json`. */
export function readLogin(
  printed: string,
  env: Readonly<Record<string, string | undefined>>,
): Login | undefined {
  const status = answered.safeParse(parse(printed));
  if (!status.success) {
    const given = KEYS.find((name) => env[name]);
    return given === undefined ? undefined : { loggedIn: true, by: given };
  }
  const { loggedIn, authMethod = "", apiProvider = "firstParty", subscriptionType } = status.data;
  if (!loggedIn) return { loggedIn: false, by: "nothing" };
  const details = [subscriptionType, apiProvider === "firstParty" ? undefined : apiProvider].filter(Boolean);
  const method = METHODS[authMethod] ?? authMethod;
  return { loggedIn: true, by: `${method}${details.length > 0 ? ` (${details.join(", ")})` : ""}` };
}

/**
 * False where Anthropic refuses the API key Claude Code is given: `GET /v1/models`, which costs nothing. Undefined where
 * there is none, or nobody answers.
 */
export async function isKeyAccepted(
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: base = "https://api.anthropic.com" } = env;
  if (!key || !URL.canParse(base)) return undefined;
  const answer = await fetch(`${base.replace(/\/+$/, "")}/v1/models?limit=1`, {
    headers: { "x-api-key": key, "anthropic-version": "2023-06-01" },
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(CHECK_MS)]),
  }).catch(() => undefined);
  signal.throwIfAborted();
  await answer?.body?.cancel();
  if (answer?.ok) return true;
  return answer?.status === 401 || answer?.status === 403 ? false : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
