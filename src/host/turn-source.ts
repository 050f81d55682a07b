// Where a turn was begun, as the host's message says, or the text of a run that no message began.
import type { TurnSource } from "../session/source.ts";

// Client ids of the gateway's protocol (packages/gateway-protocol/src/client-info); a page of the host's own names none, and the web page
// alone takes commands for its screen.
const APPS = /^openclaw-(?:macos|linux|ios|watchos|android)$/;
const PAGE = "ui-commands";
const EDITOR = "ACP";
// The host's bridge for editors writes its folder in front (dist/server: prefixCwd).
const FOLDER = /^\[Working directory: [^\n]*\]\n\n/;
// What one session sends another begins so (dist/input-provenance: annotateInterSessionPromptText).
const FROM_SESSION = /^\[Inter-session message\]([^\n]*)\n[^\n]*\n*/;
// The host's own reports among them (there: AGENT_MEDIATED_COMPLETION_SOURCE_TOOLS and the like); nobody has written those.
const REPORT =
  /\bsourceTool=(?:subagent_\w+|exec_approval_followup|agent_harness_task|(?:image|music|video)_generate)\b/;
const SESSION_OF_AGENT = /\bsourceSession=agent:([^:\s]+)/;

/** What the host says of who wrote a message. */
interface Message {
  SenderId?: string | number | null | undefined;
  SenderName?: string | null | undefined;
  GatewayClientCaps?: readonly string[] | null | undefined;
  agentText: string;
}

/** Who began the turn of a message, and where; `chat` where it was written in a conversation. */
export function sourceOfMessage(
  ctx: Message,
  chat: { channel: string; by: string | undefined; group: boolean } | undefined,
): TurnSource {
  if (chat) {
    const { channel: where, by, group } = chat;
    return { is: "chat", where, ...(by === undefined ? {} : { by }), ...(group ? { group } : {}) };
  }
  const client = ctx.SenderId === undefined || ctx.SenderId === null ? undefined : String(ctx.SenderId);
  if (client === undefined) return { is: ctx.GatewayClientCaps?.includes(PAGE) ? "web" : "tui" };
  if (client === "cli" && ctx.SenderName === EDITOR)
    return { is: "editor", words: ctx.agentText.replace(FOLDER, "") };
  if (client === "cli") return { is: "command line" };
  if (client === "webchat" || client === "webchat-ui") return { is: "web" };
  return { is: APPS.test(client) ? "app" : "gateway" };
}

/** The same for a run that no message began: `openclaw agent`, or another session that sends something. */
export function sourceOfRun(text: string): TurnSource {
  const from = FROM_SESSION.exec(text);
  if (!from) return { is: "command line" };
  const words = text.slice(from[0].length);
  if (REPORT.test(from[1] ?? "")) return { is: "system", words };
  const agent = SESSION_OF_AGENT.exec(from[1] ?? "")?.[1];
  return { is: "agent", words, ...(agent === undefined ? {} : { where: agent }) };
}
