// The names of what can go wrong inside Claude Code and its adapters, read from the JSON-RPC errors they answer with.
import { z } from "zod";
import { diskFailure, Failure, type FailureCode, type Step } from "../../common/failure.ts";
import { redact } from "../../common/redact.ts";

const rpcError = z.looseObject({
  code: z.number(),
  message: z.string(),
  data: z.unknown().optional(),
});
const errorData = z.looseObject({ errorKind: z.string().optional(), details: z.string().optional() });

interface Named {
  code: FailureCode;
  message: string;
  next: Step | readonly Step[];
}

const KINDS: readonly { when: RegExp; is: Named }[] = [
  {
    when: /reached maximum budget/i,
    is: {
      code: "limit-reached",
      message: "This session has cost what one may cost here, so it was stopped.",
      next: { say: "Send /new for a fresh session; the owner can raise maxBudgetUsd." },
    },
  },
  {
    when: /compaction failed.*context limit|could not be reduced below the context/i,
    is: {
      code: "prompt-too-long",
      message: "Claude could not shorten this conversation enough.",
      next: { say: "Send /new for a fresh session; the earlier one is kept." },
    },
  },
  {
    when: /prompt is too long|request too large|context.{0,20}(?:window|limit).{0,20}exceed|request_too_large|\b413\b/i,
    is: {
      code: "prompt-too-long",
      message: "This conversation no longer fits into Claude's context.",
      next: { say: "Send /cc /compact to shorten it, or /new for a fresh session." },
    },
  },
  {
    when: /authentication required|invalid api key|\/login|oauth token|unauthori[sz]ed|\b401\b|\b403\b|authentication_/i,
    is: {
      code: "not-logged-in",
      message: "Claude Code is not logged in on this machine.",
      next: {
        say: "To log in, run `openclaw contractor-agents login` there, or set ANTHROPIC_API_KEY for the gateway; then send your message again.",
      },
    },
  },
  {
    when: /billing_error|credit balance/i,
    is: {
      code: "not-logged-in",
      message: "Anthropic refused the request for billing reasons.",
      next: { say: "Check the plan or credit of the account Claude Code uses." },
    },
  },
  {
    when: /rate_limit|rate limit|usage limit|limit reached|\b429\b/i,
    is: {
      code: "rate-limited",
      message: "Claude's usage limit is reached.",
      next: { say: "Wait until it resets, then send your message again." },
    },
  },
  {
    when: /overloaded|server_error|\b5(?:00|02|03|29)\b|api error(?!\W*4\d\d)/i,
    is: {
      code: "overloaded",
      message: "Anthropic's API did not answer this turn after several tries.",
      next: { say: "Send your message again in a few minutes." },
    },
  },
  {
    when: /model_not_found|issue with the selected model|model.{0,40}(?:not found|does not exist|not available)|\b404\b/i,
    is: {
      code: "unknown-model",
      message: "Claude does not know the chosen model.",
      next: { lead: "Choose another one with", run: "model", args: "NAME" },
    },
  },
  {
    when: /resource not found|session not found|no conversation found|session did not end/i,
    is: {
      code: "transcript-missing",
      message: "Claude has no record of this session any more.",
      next: { say: "Send /new to start a fresh one." },
    },
  },
  {
    when: /process exited|exited unexpectedly|sigkill|query closed|process terminated/i,
    is: {
      code: "adapter-crashed",
      message: "Claude Code stopped unexpectedly.",
      next: { say: "Your session is kept: send your message again." },
    },
  },
];

const NAMELESS = /^(?:internal error)?[.\s]*$/i;
const ECHO =
  /^\s*(?:API Error|Invalid API key|Failed to authenticate|Prompt is too long|Request too large|Credit balance is too low|Please run \/login|There's an issue with the selected model)\b/;

const ERROR_READ = 8_000;

/** Turns whatever an adapter call was rejected with into a Failure; a Failure stays what it is. */
export function claudeFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const disk = diskFailure(error);
  if (disk) return disk;
  // An error may quote a whole answer; what it is called stands at its beginning.
  const { said, kind: named } = errorText(error);
  const text = `${said} ${named ?? ""}`;
  const kind = KINDS.find(({ when }) => when.test(text));
  if (kind) return new Failure({ ...kind.is, message: withReset(kind.is, said), cause: error });
  return new Failure({
    code: "provider-error",
    message: NAMELESS.test(said)
      ? "Claude could not finish this turn and did not say why."
      : `Claude could not finish this turn: ${redact(said)
          .slice(0, 300)
          .replace(/[\s.]+$/, "")}.`,
    next: { say: "Send your message again, or /new for a fresh session." },
    cause: error,
  });
}

/** Claude Code writes API errors into the answer as well; told by their opening words. */
export function isErrorEcho(text: string): boolean {
  return ECHO.test(text);
}

// `kind` is a word of the adapter's own, which nobody should read.
function errorText(error: unknown): { said: string; kind?: string } {
  const rpc = rpcError.safeParse(error);
  if (!rpc.success)
    return { said: (error instanceof Error ? error.message : String(error ?? "")).slice(0, ERROR_READ) };
  const data = errorData.safeParse(rpc.data.data);
  const { errorKind, details } = data.success ? data.data : {};
  const kind = errorKind === "unknown" ? undefined : errorKind;
  const said = [rpc.data.message.replace(/^Internal error: /, ""), details].filter(Boolean).join(" ");
  return { said: said.slice(0, ERROR_READ), ...(kind === undefined ? {} : { kind }) };
}

// The reset time is the one thing a user asks next, so it is kept where Claude tells it: in words, or in seconds since 1970.
function withReset(named: Named, said: string): string {
  if (named.code !== "rate-limited") return named.message;
  const words =
    /resets? (?:at |in )?([^.·|\n]{2,40})/i.exec(said)?.[1] ?? instant(/\|(\d{10})\b/.exec(said)?.[1]);
  if (words === undefined) return named.message;
  // "3pm (UTC)" would stand in brackets of ours.
  const when = redact(words.trim().replace(/\s*\(([^()]*)\)\s*$/, " $1"));
  return `${named.message.slice(0, -1)} (resets ${when}).`;
}

function instant(seconds: string | undefined): string | undefined {
  return seconds && `${new Date(Number(seconds) * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
