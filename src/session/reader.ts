// The reader of a session's adapter: it projects updates, answers questions through the broker, and feeds the turn that runs.
import type { Harness } from "../../adapters/harness.ts";
import type {
  ElicitationReply,
  PermissionAnswer,
  PermissionRequest,
  RawElicitation,
  RawUpdate,
  SessionListener,
} from "../../adapters/router.ts";
import type { Route } from "../../state/session-map.ts";
import { choicesOf } from "./choices.ts";
import { Projector, type SessionEvent } from "./events.ts";
import type { Identity } from "./identity.ts";
import type { Output } from "./output.ts";
import type { Asker, Broker, SessionDefaults } from "./parts.ts";
import type { SessionRecord } from "./record.ts";
import type { Turn } from "./turn.ts";

export interface ReaderParts {
  identity: Identity;
  harness: Harness;
  broker: Broker & Asker;
  defaults: () => SessionDefaults;
  record: SessionRecord;
  output: Output;
  /** Tells the harness something in the running turn, or right after it. */
  tell: (text: string, conversation: Route | undefined) => Promise<void>;
}

interface Following {
  turn: Turn;
  alive: () => void;
}

const CANCELLED: PermissionAnswer = { outcome: { outcome: "cancelled" } };

export class Reader implements SessionListener {
  readonly #parts: ReaderParts;
  readonly #projector: Projector;
  #following: Following | undefined;
  #questions = 0;
  /** The harness's own slash commands; empty until it has told them. */
  commands: readonly string[] = [];
  usage: { used: number; size: number } | undefined;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    this.#projector = new Projector((update) => parts.harness.toolName(update));
  }

  /** Everything heard goes to this turn until the returned function is called; `alive` is told of each sign of life. */
  follow(turn: Turn, alive: () => void): () => void {
    const following = { turn, alive };
    this.#following = following;
    return () => {
      if (this.#following === following) this.#following = undefined;
      this.#projector.clear();
    };
  }

  /** True while somebody is asked whether a tool may run. */
  get asking(): boolean {
    return this.#questions > 0;
  }

  running(): string[] {
    return this.#projector.running();
  }

  update(update: RawUpdate): void {
    this.#following?.alive();
    const event = this.#projector.read(update);
    if (!event) return;
    if (event.type === "text") this.#parts.output.add("assistant", event.text);
    if (event.type === "commands") this.commands = event.names;
    if (event.type === "usage") this.usage = { used: event.used, size: event.size };
    this.#emit(event);
  }

  extension(method: string, params: unknown): void {
    const notice = this.#parts.harness.noticeOf(method, params);
    if (notice === undefined) return;
    this.#following?.alive();
    if (notice !== "") this.#emit({ type: "notice", text: notice });
  }

  async permission(request: PermissionRequest): Promise<PermissionAnswer> {
    const following = this.#following;
    if (!following) return CANCELLED;
    this.#questions += 1;
    try {
      const decision = await this.#decide(request, following.turn);
      if (decision.notice) following.turn.emit({ type: "notice", text: decision.notice });
      if (decision.mode !== undefined) await this.#parts.record.note({ mode: decision.mode });
      if (decision.cancelTurn) following.turn.cancel("cancelled");
      // The harness must have the answer before it hears what was said about it.
      const { tell } = decision;
      if (tell !== undefined)
        setImmediate(() => void this.#parts.tell(tell, following.turn.input.conversation));
      return decision.answer;
    } finally {
      this.#questions -= 1;
      following.alive();
    }
  }

  async elicitation(request: RawElicitation): Promise<ElicitationReply> {
    const following = this.#following;
    if (!following) return { action: "decline" };
    const { turn } = following;
    const { input, signal } = turn;
    this.#questions += 1;
    try {
      if (input.elicit) return await input.elicit(request, signal);
      const { identity, broker } = this.#parts;
      const say = (text: string) => turn.emit({ type: "ask", text });
      return await broker.elicit({ identity, request, conversation: input.conversation, say, signal });
    } finally {
      this.#questions -= 1;
      following.alive();
    }
  }

  async #decide(request: PermissionRequest, turn: Turn) {
    const { identity, harness, defaults, record, broker } = this.#parts;
    const entry = await record.read();
    const { profile } = choicesOf({ entry, defaults: defaults(), harness });
    const { conversation } = turn.input;
    return await broker.decide({
      identity,
      profile,
      request,
      tool: harness.readTool(request, this.#projector.tool(request.toolCall.toolCallId)),
      cwd: entry?.cwd,
      conversation,
      route: conversation ?? entry?.route,
      say: (text) => turn.emit({ type: "ask", text }),
      signal: turn.signal,
    });
  }

  #emit(event: SessionEvent): void {
    const turn = this.#following?.turn;
    if (event.type === "text" && this.#parts.harness.echoesError(event.text)) turn?.hold(event);
    else turn?.emit(event);
  }
}
