// The host's own record of a session, from which its pages show it: what people wrote, what Claude said and used, in the order
// in which it happened. A row is shown on an open page as soon as it is written.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { TranscriptMessage } from "openclaw/plugin-sdk/session-transcript-runtime";
import { setBounded } from "../../common/bounded-map.ts";
import { type Log, logError, logName } from "../../common/log.ts";
import { plain } from "../../common/text.ts";
import { elapsed } from "../../common/waiting.ts";
import { type Identity, identityKey } from "../../state/identity.ts";
import type { Onlookers, ShownTool, ShownTurn } from "../delivery/live.ts";
import type { Outbound } from "../delivery/outbound.ts";
import { runningName, runningNameIn } from "../delivery/turn-name.ts";
import { currentConfig } from "./engine-ports.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;
type Content = Extract<TranscriptMessage, { role: "assistant" }>["content"];

/** How much of a turn stands in the record; with a row lost, the rest waits for the end of the turn. */
interface Written {
  text: string;
  whole: boolean;
}

const TURNS = 100;
const ROW_MS = 10_000;
const TITLE_COLUMNS = 120;

export class HostTranscript implements Onlookers {
  readonly #api: Api;
  readonly #log: Pick<Log, "warn">;
  readonly #written = new Map<string, Written>();
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(api: Api, log: Pick<Log, "warn">) {
    this.#api = api;
    this.#log = log;
  }

  said(of: ShownTurn, text: string): void {
    if (text.trim() !== "") this.#show(of, answer([{ type: "text", text: text.trim() }]), text);
  }

  toolBegan(of: ShownTurn, { id, title }: ShownTool): void {
    const name = plain(title, TITLE_COLUMNS);
    this.#show(of, answer([{ type: "toolCall", id, name, arguments: {} }], "toolUse"));
  }

  toolEnded(of: ShownTurn, tool: Parameters<Onlookers["toolEnded"]>[1]): void {
    this.#show(of, {
      role: "toolResult",
      toolCallId: tool.id,
      toolName: plain(tool.title, TITLE_COLUMNS),
      content: [{ type: "text", text: tool.why ?? "" }],
      isError: tool.failed,
      timestamp: Date.now(),
    });
  }

  broke(of: ShownTurn, sentence: string): void {
    this.#show(of, answer([{ type: "text", text: sentence }], "error"));
  }

  /** Writes a person's words, or as much of the answer as was not shown while the turn ran; once for each `id`. */
  async mirror({ identity, role, text, id }: Parameters<Outbound["mirror"]>[0]): Promise<void> {
    const scope = this.#scope(identity);
    if (!scope) return;
    const sdk = await import("openclaw/plugin-sdk/session-transcript-runtime");
    const idempotencyKey = `${id}:${role}`;
    await this.#inOrder(identity, async () => {
      if (role === "user") {
        const message = { role, content: text, timestamp: Date.now(), idempotencyKey };
        await sdk.appendSessionTranscriptMessageByIdentityStrict({
          ...scope,
          message,
          idempotencyLookup: "scan",
          updateMode: "inline",
        });
        return;
      }
      const rest = restOf(text, this.#written.get(runningNameIn(id)));
      this.#written.delete(runningNameIn(id));
      if (rest !== "")
        await sdk.appendAssistantMirrorMessageByIdentity({ ...scope, text: rest, idempotencyKey });
    });
  }

  // Without a key of its own: the host's terminal takes a row with one for part of a run that it shows already.
  #show(of: ShownTurn, message: TranscriptMessage, text = ""): void {
    const name = runningName(of.identity, of.turn);
    const written = this.#written.get(name) ?? { text: "", whole: true };
    setBounded(this.#written, { key: name, value: written, most: TURNS });
    const scope = this.#scope(of.identity);
    if (!scope) return;
    this.#inOrder(of.identity, async () => {
      if (!written.whole) return;
      const sdk = await import("openclaw/plugin-sdk/session-transcript-runtime");
      const row = await sdk.appendSessionTranscriptMessageByIdentityStrict({
        ...scope,
        message,
        updateMode: "inline",
      });
      if (row.kind === "rejected") throw new Error(`the host refused the row (${row.reason})`);
      written.text += text;
    }).catch((error: unknown) => {
      written.whole = false;
      this.#log.warn(
        `${logName(of.identity)} a running turn is not shown on the host's pages any more: ${logError(error)}`,
      );
    });
  }

  // The session row as it is now: what is written later for a session that was reset meanwhile is refused.
  #scope(identity: Identity) {
    const sessionId = this.#api.runtime.agent.session.getSessionEntry(identity)?.sessionId;
    return sessionId === undefined ? undefined : { ...identity, sessionId, config: currentConfig(this.#api) };
  }

  #inOrder(identity: Identity, write: () => Promise<void>): Promise<unknown> {
    const key = identityKey(identity);
    const done = (this.#last.get(key) ?? Promise.resolve()).then(write);
    // I7 (docs/architecture.md): a row that hangs holds up the next for a moment, not for ever.
    const over = Promise.race([done.catch(() => {}), elapsed(ROW_MS)]);
    this.#last.set(key, over);
    void over.then(() => {
      if (this.#last.get(key) === over) this.#last.delete(key);
    });
    return done;
  }
}

function restOf(said: string, written: Written | undefined): string {
  const before = written?.text.trim() ?? "";
  return said.startsWith(before) ? said.slice(before.length).trim() : said;
}

function answer(content: Content, stopReason: "stop" | "toolUse" | "error" = "stop"): TranscriptMessage {
  const cost = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
  return {
    role: "assistant",
    content,
    api: "openai-responses",
    provider: "openclaw",
    model: "acp-runtime",
    usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0, cost },
    stopReason,
    timestamp: Date.now(),
  };
}
