// Jobs: sessions that work in the background for whoever launched them. What people are told goes to the place it was launched from.
import { randomBytes } from "node:crypto";
import type { Identity } from "../../state/identity.ts";
import type { JobOutput } from "../../state/job-output.ts";
import type { Job, JobOrigin } from "../../state/jobs.ts";
import type { Route } from "../../state/session-map.ts";
import type { AwaitedReplies } from "../permission/awaited-replies.ts";
import type { Audience } from "../session/audience.ts";
import { steer } from "../session/controls.ts";
import type { SessionDefaults } from "../session/parts.ts";
import { Stopped, type TurnSource } from "../session/source.ts";
import { Cards } from "./card.ts";
import { isAtWork, isLive, nameFrom, sessionOf } from "./job.ts";
import { type BookParts, JobBook } from "./job-book.ts";
import { again, JobLife, type LifeParts } from "./job-life.ts";
import { JobRun } from "./job-run.ts";
import { full, nobodyHears, once, tooOften } from "./refusals.ts";
import { type WakeParts, Waker } from "./wake.ts";
import { Watchers } from "./watchers.ts";
import { nameText } from "./wording.ts";

export interface JobsParts extends BookParts, Omit<LifeParts, "book" | "said" | "isWatched"> {
  /** Names a conversation, however its route is written. */
  keyOf: (route: Route) => string;
  replies: Pick<AwaitedReplies, "hear">;
  /** Whether a message that comes while it works goes into the running turn. */
  steers: () => boolean;
  /** Has the host run a turn of an agent's session. */
  wake: WakeParts["run"];
}

export interface Launch {
  agentId: string;
  prompt: string;
  cwd: string;
  origin: JobOrigin;
  name?: string | undefined;
  model?: string | undefined;
  mode?: SessionDefaults["profile"] | undefined;
  instructions?: string | undefined;
  budgetUsd?: number | undefined;
  once?: boolean;
  quiet?: boolean;
  resumedFrom?: string | undefined;
  /** Puts what it goes on from behind its session, before the first prompt. */
  prepare?: ((identity: Identity) => Promise<unknown>) | undefined;
}

/** Who replies to a job or stops it. */
export interface Who {
  /** Behind a verb: "by @ada (telegram)". */
  how: string;
  /** A person; an agent whose turn nobody wrote is none. */
  person: boolean;
  /** Their word counts for what runs. */
  approver: boolean;
  place?: Route | undefined;
  source: TurnSource;
}

interface Reply {
  text: string;
  who: Who;
  interrupt?: boolean;
  /** What it may cost from now on, in US dollars. */
  budgetUsd?: number | undefined;
}

/** What became of a reply: `say` is for who gave it. */
export interface Replied {
  is: "answered" | "steered" | "queued" | "continued" | "unclear";
  say: string;
  job: Job;
}

const LAST_WORDS_MS = 1_500;

export class Jobs {
  readonly #parts: JobsParts;
  readonly #book: JobBook;
  readonly #life: JobLife;
  readonly #waker: Waker;
  /** The conversations that are shown what a job says. */
  readonly watchers: Watchers;
  /** The notices that are kept up to date. */
  readonly cards: Cards;
  #launching: Promise<unknown> = Promise.resolve();

  constructor(parts: JobsParts) {
    this.#parts = parts;
    const book = new JobBook(parts);
    const watchers = new Watchers({ ...parts, book, stopping: () => this.stopping });
    const cards = new Cards({ ...parts, runOf: ({ id }) => book.runs().find(({ job }) => job.id === id) });
    book.watching = watchers;
    this.#book = book;
    this.watchers = watchers;
    this.cards = cards;
    this.#life = new JobLife({
      ...parts,
      book,
      said: (job) => watchers.look(job),
      isWatched: (job) => watchers.watches(job) || cards.watches(job),
    });
    this.#life.read((job, event) => event === "ended" && cards.look(job));
    this.#waker = new Waker({ ...parts, run: parts.wake });
    this.#life.read(this.#waker.heard);
  }

  /** Goes on where the last gateway stopped; to be called before what it left in the inboxes runs. */
  async start(): Promise<void> {
    await this.#book.load();
    await this.watchers.load();
    this.#waker.load(this.#book.wakes);
    await this.#life.start();
    this.watchers.resume();
  }

  /** Call before the sessions stop: what they cut off then is the next gateway's to tell. */
  async stop(): Promise<void> {
    this.#life.stop();
    this.#waker.stop();
    this.cards.stop();
    await this.#parts.telling.settle(LAST_WORDS_MS);
    await this.watchers.settle();
    await this.#book.settle();
  }

  get stopping(): boolean {
    return this.#life.stopping;
  }

  /** Whom a turn of this session speaks to that names no conversation; undefined for one that is no job's. */
  audienceOf(identity: Identity): Audience | undefined {
    const job = this.of(identity);
    if (!job || job.moved) return undefined;
    const place = this.#book.placeOf(job);
    return { is: "job", place, preface: `❓ ${nameText(job)} asks:`, answer: `/cc respond ${job.name}` };
  }

  /** The settings its session runs with instead of its agent's. */
  defaultsFor(identity: Identity, defaults: SessionDefaults): SessionDefaults {
    const job = this.of(identity);
    if (!job) return defaults;
    const { model, mode, instructions, budgetUsd } = job;
    const both = [defaults.instructions, instructions].filter((text) => text !== undefined).join("\n\n");
    return {
      ...defaults,
      ...(model === undefined ? {} : { model }),
      ...(mode === undefined ? {} : { profile: mode as SessionDefaults["profile"] }),
      ...(both === "" ? {} : { instructions: both }),
      ...(budgetUsd === undefined ? {} : { maxBudgetUsd: budgetUsd }),
    };
  }

  of(identity: Identity): Job | undefined {
    return this.#book.run(identity)?.job;
  }

  /** All that are remembered, the newest first. */
  all(): Job[] {
    return this.#book.all();
  }

  /** How many were ever launched. */
  get launched(): number {
    return this.#book.launched;
  }

  /** The job that is meant: by its id or the beginning of it, or its name. Throws Failure `invalid` where there is none, or several. */
  find(ref: string): Job {
    return this.#book.find(ref);
  }

  output(job: Pick<Job, "id">): JobOutput {
    return this.#book.output(job);
  }

  /** Nothing is remembered of it any more. */
  forget(identity: Identity): Promise<void> {
    return this.#book.forget(identity);
  }

  /** Says something of ours in a conversation that is about no job yet. */
  say(place: Route, text: string, buttons: readonly { label: string; value: string }[] = []): void {
    const key = `job:say:${randomBytes(6).toString("hex")}`;
    const extras = { buttons, shown: () => {} };
    this.#parts.telling.say({ agentId: "", sessionKey: "" }, { place, key, text, extras });
  }

  /**
   * Begins a job, or queues it. Throws Failure `limit-reached` where as many are at work as may be, and `refused` where nobody
   * would hear of it and that is not what is wanted. `began` resolves when the harness has the prompt, or the job has ended.
   */
  async launch(o: Launch): Promise<{ job: Job; began: Promise<Job> }> {
    await this.#book.load();
    // One after the other: two at the same moment would both find a free place and name.
    const launched = this.#launching.then(() => this.#launch(o));
    this.#launching = launched.catch(() => {});
    return await launched;
  }

  /** Tells a job something: the answer to its question, words for the running turn or after it, or what it goes on with. */
  async respond(job: Job, reply: Reply): Promise<Replied> {
    const run = this.#book.runOf(job);
    const { who, text } = reply;
    const { unattended: most } = this.#parts.limits();
    if (!who.person && run.job.unattended >= most) throw tooOften(run.job, most);
    const replied = await this.#respond(run, reply);
    if (replied.is !== "unclear") {
      const unattended = who.person ? 0 : run.job.unattended + 1;
      // Who typed it has seen it.
      await this.#book.note(run, { unattended }, who.source.is === "agent" ? "responded" : undefined, text);
    }
    return { ...replied, job: run.job };
  }

  /** Ends it within the cancel bound; false where it had ended. */
  async end(job: Job, who: Who): Promise<boolean> {
    const run = this.#book.runOf(job);
    if (!isLive(run.job)) return false;
    const queued = run.job.state === "queued";
    run.stoppedBy = who.how;
    if (!queued) {
      const session = this.#parts.sessions.of(sessionOf(run.job));
      await session.cancel(new Stopped(who.how, who.place));
      await session.close({ discard: false, reason: "stopped" });
    }
    await this.#life.end(run, "stopped", `was stopped ${who.how}`);
    return true;
  }

  async #launch(o: Launch): Promise<{ job: Job; began: Promise<Job> }> {
    const waits = this.#isFull();
    const id = this.#book.freshId();
    const identity = { agentId: o.agentId, sessionKey: `agent:${o.agentId}:acp:job-${id}` };
    const name = await this.#book.freeName(o.name ?? nameFrom(o.prompt), identity);
    const at = this.#parts.now().toISOString();
    const job = newJob(o, { ...identity, id, name, at, waits });
    if (!job.quiet && !this.#book.placeOf(job)) throw nobodyHears();
    const run = new JobRun(job);
    run.prepare = o.prepare;
    await this.#book.add(run, waits ? "queued" : "launched");
    this.#life.publish(job, "launched");
    if (!waits) this.#life.begin(run, o.prompt);
    await this.#book.prune(this.#parts.limits().kept);
    return { job, began: waits ? Promise.resolve(job) : run.began };
  }

  // Throws where it is full and none may wait.
  #isFull(): boolean {
    const { max, onFull } = this.#parts.limits();
    const busy = this.all().filter(isAtWork);
    if (busy.length >= max && onFull === "refuse") throw full(max, busy);
    return busy.length >= max;
  }

  async #respond(run: JobRun, reply: Reply): Promise<Omit<Replied, "job">> {
    const { text, who } = reply;
    const { job } = run;
    const name = nameText(job);
    const heard = job.state === "asking" && !reply.interrupt && this.#hear(job, reply);
    if (heard && heard.is === "answer") return { is: "answered", say: `${name} has your answer.` };
    if (heard && heard.is === "kept") return { is: "unclear", say: heard.say };
    if (job.once) throw once(job);
    if (!isLive(job)) return await this.#goOn(run, reply);
    if (reply.interrupt) return await this.#interrupt(run, reply);
    const { sessions, steers } = this.#parts;
    if (steers() && (await steer(sessions.of(sessionOf(job)).controls, text)))
      return { is: "steered", say: `${name} was told, in its running turn.` };
    await this.#life.prompt(run, text, who.source);
    return { is: "queued", say: `${name} gets it when its turn is over.` };
  }

  #hear(job: Job, { text, who }: Reply) {
    const message = { text, authorized: who.approver, by: who.how, name: who.source.by };
    return this.#parts.replies.hear({ identity: sessionOf(job), onPage: true }, message);
  }

  async #interrupt(run: JobRun, { text, who }: Reply): Promise<Omit<Replied, "job">> {
    run.replacing = true;
    try {
      await this.#parts.sessions.of(sessionOf(run.job)).cancel(new Stopped(who.how, who.place));
      run.outcome = undefined;
      await this.#life.prompt(run, text, who.source);
    } finally {
      run.replacing = false;
    }
    return { is: "continued", say: `${nameText(run.job)} was interrupted and goes on with that.` };
  }

  // An ended job begins another cycle, with its memory.
  async #goOn(run: JobRun, { text, who, budgetUsd }: Reply): Promise<Omit<Replied, "job">> {
    const waits = this.#isFull();
    const cycleAt = this.#parts.now().toISOString();
    const budget = budgetUsd === undefined ? {} : { budgetUsd };
    run.renew({ ...again(run.job), state: waits ? "queued" : "starting", cycleAt, prompt: text, ...budget });
    await this.#book.write(run);
    const name = nameText(run.job);
    if (waits) return { is: "continued", say: `${name} goes on when another job ends.` };
    this.#life.begin(run, text, who.source);
    return { is: "continued", say: `${name} goes on with that.` };
  }
}

function newJob(
  o: Launch,
  {
    id,
    name,
    agentId,
    sessionKey,
    at,
    waits,
  }: Identity & { id: string; name: string; at: string; waits: boolean },
): Job {
  const { prompt, cwd, origin, model, mode, instructions, budgetUsd, resumedFrom } = o;
  return {
    ...{ id, name, agentId, sessionKey, prompt, cwd, origin },
    ...(model === undefined ? {} : { model }),
    ...(mode === undefined ? {} : { mode }),
    ...(instructions === undefined ? {} : { instructions }),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(resumedFrom === undefined ? {} : { resumedFrom }),
    once: o.once ?? false,
    quiet: o.quiet ?? false,
    cycle: 1,
    state: waits ? "queued" : "starting",
    createdAt: at,
    cycleAt: at,
    turns: 0,
    workedMs: 0,
    unattended: 0,
  };
}
