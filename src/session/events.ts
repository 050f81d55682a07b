// What happens in a session, in words every reader understands: ACP updates, projected once.

import { z } from "zod";
import type { SignCapability } from "../../adapters/harness.ts";
import type { RawUpdate } from "../../adapters/router.ts";
import { setBounded } from "../../common/bounded-map.ts";
import type { Failure } from "../../common/failure.ts";
import type { Route } from "../../state/session-map.ts";
import type { AskExtras } from "../permission/ask-parts.ts";
import type { Stopped } from "./source.ts";

export type SessionEvent =
  | { type: "text"; text: string }
  | { type: "thought"; text: string }
  /** `why`: what a failed one says. */
  | {
      type: "tool";
      id: string;
      title: string;
      kind: ToolKind;
      status: string;
      first: boolean;
      why?: string;
    }
  | { type: "plan"; entries: { content: string; status: string }[] }
  /** `model` where the harness names the one it is about. */
  | {
      type: "usage";
      used: number;
      size: number;
      cost?: { amount: number; currency: string };
      model?: string | undefined;
    }
  | { type: "commands"; names: string[] }
  | { type: "mode"; mode: string }
  | { type: "title"; title: string }
  /** What was said is over; something else follows. */
  | { type: "break" }
  /**
   * A question to the people of the conversation; to be shown at once, after all that was said before it. With `place` it is for that
   * one alone; a `copy` is for another conversation than the first, so that who reads the whole session has it once.
   */
  | { type: "ask"; text: string; extras?: AskExtras; place?: Route; copy?: true }
  /** Something that is no word of the model's: ours (a refusal, a fresh start), or the harness's (a warning). */
  | { type: "notice"; text: string };

export type TurnResult =
  | { status: "completed"; stopReason: string }
  | { status: "cancelled"; reason: string; by?: Stopped }
  | { status: "failed"; failure: Failure };

const TOOL_KINDS = [
  "read",
  "edit",
  "delete",
  "move",
  "search",
  "execute",
  "think",
  "fetch",
  "switch_mode",
] as const;
export type ToolKind = (typeof TOOL_KINDS)[number] | "other";

const chunk = z.looseObject({ content: z.looseObject({ type: z.string(), text: z.string().optional() }) });
const tool = z.looseObject({
  toolCallId: z.string(),
  title: z.string().nullish(),
  kind: z.string().nullish(),
  status: z.string().nullish(),
  content: z.unknown().optional(),
});
const toolTexts = z.array(
  z.looseObject({ content: z.looseObject({ text: z.string().optional() }).optional() }).catch({}),
);
const plan = z.looseObject({ entries: z.array(z.looseObject({ content: z.string(), status: z.string() })) });
const usage = z.looseObject({
  used: z.number(),
  size: z.number(),
  cost: z.looseObject({ amount: z.number(), currency: z.string() }).nullish(),
});
const commands = z.looseObject({ availableCommands: z.array(z.looseObject({ name: z.string() })) });
const mode = z.looseObject({ currentModeId: z.string() });
const title = z.looseObject({ title: z.string().nullish() });
const notice = z.looseObject({
  severity: z.string().nullish(),
  title: z.string(),
  description: z.string().nullish(),
});

interface Tool {
  name: string | undefined;
  title: string;
  kind: ToolKind;
  status: string;
}

type ToolSigns = Pick<SignCapability, "toolName" | "parentOf" | "isSubagent">;
const NO_SIGNS: ToolSigns = {
  toolName: () => undefined,
  parentOf: () => undefined,
  isSubagent: () => false,
};
const REMEMBERED = 100;
const REPEATED_FROM = 100;
const REPEATED_TO = 20_000;
const ALONE = Symbol("a message in one piece");

/** Reads a session's updates one after the other; remembers its tool calls, since later updates tell only what changed. */
export class Projector {
  readonly #signs: ToolSigns;
  readonly #tools = new Map<string, Tool>();
  // What sub-agents were given, by the tool call that did it; they outlive its turn.
  readonly #handedOver = new Map<string, string>();
  #message: string | typeof ALONE | undefined;
  #said: { id: unknown; text: string } | undefined;

  /** `signs` are what the harness tells of a tool beyond ACP. */
  constructor(signs: ToolSigns = NO_SIGNS) {
    this.#signs = signs;
  }

  /**
   * The event an update means; undefined for what nobody reads, for what does not have the form ACP gives it, and for a long
   * message that comes once more.
   */
  read(update: RawUpdate): SessionEvent | undefined {
    switch (update.sessionUpdate) {
      case "agent_message_chunk": {
        const said = textOf(update, "text");
        return this.#repeats(update.messageId, said?.text ?? "") ? undefined : said;
      }
      case "agent_thought_chunk":
        return textOf(update, "thought");
      case "tool_call":
        this.#said = undefined;
        return this.#tool(update);
      case "tool_call_update":
        return this.#tool(update);
      default:
        return otherEvent(update);
    }
  }

  /** What is known of a tool call by its id. */
  tool(id: string): { name: string | undefined; title: string; kind: ToolKind } | undefined {
    return this.#tools.get(id);
  }

  /** Titles of the tool calls that have begun and not ended. */
  running(): string[] {
    return [...this.#tools.values()].filter((known) => !isOver(known.status)).map((known) => known.title);
  }

  /** What the sub-agents that work now were given, as titles. */
  subagents(): string[] {
    const known = [...this.#tools.values()].filter(({ status }) => !isOver(status));
    return known
      .filter(({ name }) => name !== undefined && this.#signs.isSubagent(name))
      .map(({ title }) => title);
  }

  /** What the sub-agent was given that makes this tool call; undefined where it is the session's own. */
  askedBy(toolCall: unknown): string | undefined {
    const parent = this.#signs.parentOf(toolCall);
    return parent === undefined ? undefined : (this.#handedOver.get(parent) ?? "something");
  }

  /** Forgets the tool calls of a turn that is over. */
  clear(): void {
    this.#tools.clear();
    this.#message = undefined;
    this.#said = undefined;
  }

  /**
   * True where this is a piece of another message than the piece before: somebody has interrupted what was being said, or the
   * harness says something of its own (a hook's message, a warning), which has no id, and a note in `_meta` where it is one alone.
   */
  beginsAnother({ sessionUpdate, messageId, _meta }: RawUpdate): boolean {
    if (sessionUpdate !== "agent_message_chunk") return false;
    const id = typeof messageId === "string" ? messageId : "";
    const alone = id === "" && typeof _meta === "object" && _meta !== null;
    const before = this.#message;
    this.#message = alone ? ALONE : id;
    return before !== undefined && (alone || before !== id);
  }

  // True where this is the message before once more, as a whole and under another id: the harness gives the output of some
  // of its own commands twice. Short ones may well be said twice.
  #repeats(id: unknown, text: string): boolean {
    const before = this.#said;
    const same = before !== undefined && before.id !== id && before.text.trim() === text.trim();
    if (same && text.length >= REPEATED_FROM) return true;
    const whole = before && before.id === id ? `${before.text}${text}` : text;
    this.#said = whole.length > REPEATED_TO ? undefined : { id, text: whole };
    return false;
  }

  #tool(update: RawUpdate): SessionEvent | undefined {
    const told = tool.safeParse(update);
    if (!told.success) return undefined;
    const id = told.data.toolCallId;
    const before = this.#tools.get(id);
    const known: Tool = {
      name: this.#signs.toolName(update) ?? before?.name,
      title: told.data.title ?? before?.title ?? "Tool",
      kind: toolKind(told.data.kind) ?? before?.kind ?? "other",
      status: told.data.status ?? before?.status ?? "pending",
    };
    this.#tools.set(id, known);
    if (known.name !== undefined && this.#signs.isSubagent(known.name))
      setBounded(this.#handedOver, { key: id, value: known.title, most: REMEMBERED });
    const { title, kind, status } = known;
    const why = status === "failed" ? textIn(told.data.content) : "";
    return { type: "tool", id, title, kind, status, first: before === undefined, ...(why ? { why } : {}) };
  }
}

const WHY_KEPT = 1_000;

function textIn(content: unknown): string {
  const told = toolTexts.safeParse(content);
  const texts = told.success ? told.data.flatMap((part) => part.content?.text ?? []) : [];
  return texts.join("\n").trim().slice(0, WHY_KEPT);
}

function textOf<Type extends "text" | "thought">(
  update: RawUpdate,
  type: Type,
): { type: Type; text: string } | undefined {
  const told = chunk.safeParse(update);
  const text = told.success && told.data.content.type === "text" ? told.data.content.text : undefined;
  return text ? { type, text } : undefined;
}

function otherEvent(update: RawUpdate): SessionEvent | undefined {
  const read = Object.hasOwn(OTHERS, update.sessionUpdate) ? OTHERS[update.sessionUpdate] : undefined;
  return read?.(update);
}

const OTHERS: Record<string, (update: RawUpdate) => SessionEvent | undefined> = {
  plan: (update) => {
    const told = plan.safeParse(update);
    return told.success ? { type: "plan", entries: told.data.entries } : undefined;
  },
  usage_update: (update) => {
    const told = usage.safeParse(update);
    if (!told.success) return undefined;
    const { used, size, cost } = told.data;
    return { type: "usage", used, size, ...(cost ? { cost } : {}) };
  },
  available_commands_update: (update) => {
    const told = commands.safeParse(update);
    return told.success
      ? { type: "commands", names: told.data.availableCommands.map(({ name }) => name) }
      : undefined;
  },
  current_mode_update: (update) => {
    const told = toldMode(update);
    return told === undefined ? undefined : { type: "mode", mode: told };
  },
  notice: (update) => {
    const told = notice.safeParse(update);
    return told.success ? { type: "notice", text: noticeText(told.data) } : undefined;
  },
  session_info_update: (update) => {
    const told = title.safeParse(update);
    return told.success && told.data.title ? { type: "title", title: told.data.title } : undefined;
  },
};

function noticeText({ severity, title, description }: z.infer<typeof notice>): string {
  const text = [title, description].filter(Boolean).join("\n");
  return severity === "warning" || severity === "error" ? `⚠️ ${text}` : `ℹ️ ${text}`;
}

/** The mode an ACP `current_mode_update` tells; undefined for any other update. */
export function toldMode(update: RawUpdate): string | undefined {
  if (update.sessionUpdate !== "current_mode_update") return undefined;
  const told = mode.safeParse(update);
  return told.success ? told.data.currentModeId : undefined;
}

function toolKind(kind: string | null | undefined): ToolKind | undefined {
  return TOOL_KINDS.find((known) => known === kind);
}

/** True where a tool call of this status has ended. */
export function isOver(status: string): boolean {
  return status === "completed" || status === "failed";
}
