// A job while the gateway runs: what its session says and does, collected until the job ends.
import type { Identity } from "../../state/identity.ts";
import type { Block } from "../../state/job-output.ts";
import type { Job } from "../../state/jobs.ts";
import { TurnText } from "../delivery/turn-text.ts";
import { isOver, type SessionEvent, type TurnResult } from "../session/events.ts";
import type { FeedEvent } from "../session/feed.ts";
import type { Turn } from "../session/turn.ts";

type NewBlock = Pick<Block, "kind" | "text">;

export class JobRun {
  job: Job;
  /** What was said in the last turn that said anything. */
  said = "";
  outcome: TurnResult | undefined;
  /** Who stopped it, behind a verb. */
  stoppedBy: string | undefined;
  /** True while its turn is cancelled so that another follows. */
  replacing = false;
  prepare: ((identity: Identity) => Promise<unknown>) | undefined;
  reminded = false;
  prompts = 0;
  asked = 0;
  told = 0;
  /** Of this cycle. */
  turns = 0;
  workedMs = 0;
  cost: number | undefined;
  currency: string | undefined;
  /** The tool that runs. */
  tool: { id: string; title: string } | undefined;
  #words: TurnText | undefined;
  #block = "";
  #unnamed: { id: string; title: string } | undefined;
  #began = Promise.withResolvers<Job>();
  #over = Promise.withResolvers<Job>();

  constructor(job: Job) {
    this.job = job;
  }

  /** Resolves when the harness has the prompt of this cycle, or the job has ended. */
  get began(): Promise<Job> {
    return this.#began.promise;
  }

  get over(): Promise<Job> {
    return this.#over.promise;
  }

  /** What it says in this turn, or said in the last one. */
  get words(): string {
    return this.#words?.text() || this.said;
  }

  /** Another cycle begins. */
  renew(job: Job): void {
    this.job = job;
    this.said = "";
    this.outcome = undefined;
    this.stoppedBy = undefined;
    this.reminded = false;
    this.turns = 0;
    this.workedMs = 0;
    this.cost = undefined;
    this.#began = Promise.withResolvers();
    this.#over = Promise.withResolvers();
  }

  begun(): void {
    this.#began.resolve(this.job);
  }

  ended(): void {
    this.#began.resolve(this.job);
    this.#over.resolve(this.job);
  }

  /** Takes an event of its session in; returns the blocks of output that it completes. */
  read(event: FeedEvent, turn: Turn | undefined): NewBlock[] {
    if (event.type === "turn-started") {
      this.outcome = undefined;
      this.#words = new TurnText(() => {}, false);
    }
    if (event.type === "said") return this.#read(event.event);
    if (event.type !== "turn-settled") return [];
    this.tool = undefined;
    const said = this.#words?.text() ?? "";
    if (said !== "") this.said = said;
    this.outcome = event.result;
    this.#count(turn);
    return this.#flush();
  }

  #read(event: SessionEvent): NewBlock[] {
    // A question is told as one, and is none of the words at the end.
    if (event.type !== "ask") this.#words?.read(event);
    switch (event.type) {
      case "text":
        this.#block += event.text;
        return this.#block.length > 2_000 && event.text.includes("\n") ? this.#flush() : [];
      case "break":
        return this.#flush();
      case "tool":
        return this.#tool(event);
      case "notice":
        return [...this.#flush(), { kind: "notice", text: event.text }];
      case "ask":
        return event.copy ? [] : [...this.#flush(), { kind: "ask", text: event.text }];
      default:
        return [];
    }
  }

  // A tool's first sign has only the name of its kind; what it is about comes with the next one.
  #tool({ id, title, status, first }: Extract<SessionEvent, { type: "tool" }>): NewBlock[] {
    if (!isOver(status)) this.tool = { id, title };
    else if (this.tool?.id === id) this.tool = undefined;
    const before = first ? this.#flush() : [];
    if (first || this.#unnamed?.id === id) this.#unnamed = { id, title };
    const named = this.#unnamed?.id === id && (!first || isOver(status));
    return named ? [...before, ...this.#named()] : before;
  }

  #named(): NewBlock[] {
    const tool = this.#unnamed;
    this.#unnamed = undefined;
    return tool ? [{ kind: "tool", text: tool.title }] : [];
  }

  #flush(): NewBlock[] {
    const text = this.#block.trim();
    this.#block = "";
    return [...this.#named(), ...(text === "" ? [] : [{ kind: "text" as const, text }])];
  }

  #count(turn: Turn | undefined): void {
    this.turns += 1;
    const { usage } = turn ?? {};
    if (!usage) return;
    this.workedMs += usage.durationMs;
    if (usage.cost === undefined) return;
    this.cost = (this.cost ?? 0) + usage.cost;
    this.currency = usage.currency;
  }
}
