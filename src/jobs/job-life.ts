// The life of a job: its prompts go to its session one job after the other, and what happens there becomes its state.
import { randomBytes } from "node:crypto";
import { describe } from "../../common/failure.ts";
import { logError } from "../../common/log.ts";
import type { Identity } from "../../state/identity.ts";
import type { Inbox } from "../../state/inbox.ts";
import type { Job, JobOrigin } from "../../state/jobs.ts";
import type { Conversations } from "../delivery/conversations.ts";
import { findAnswer } from "../session/controls.ts";
import type { FeedEvent } from "../session/feed.ts";
import type { Sessions } from "../session/sessions.ts";
import type { TurnSource } from "../session/source.ts";
import type { Turn } from "../session/turn.ts";
import { buttonValue } from "./buttons.ts";
import { costText, isAtWork, isLive, sessionOf } from "./job.ts";
import type { JobBook } from "./job-book.ts";
import type { JobRun } from "./job-run.ts";
import { endOf } from "./outcome.ts";
import type { Telling } from "./telling.ts";
import { endNotice, LABELS } from "./wording.ts";

interface JobLimits {
  /** How many may be at work at once. */
  max: number;
  onFull: "refuse" | "queue";
  /** How many ended ones are remembered. */
  kept: number;
  /** After so many milliseconds without an end people are reminded, once. */
  reminderMs: number;
  /** Replies in a row that no person gave. */
  unattended: number;
}

export interface LifeParts {
  book: JobBook;
  sessions: Sessions;
  conversations: Pick<Conversations, "of">;
  inboxOf: (identity: Identity) => Pick<Inbox, "all">;
  telling: Telling;
  /** The job may have said something more. */
  said: (job: Job) => void;
  /** Whether anybody is shown what the job does. */
  isWatched: (job: Job) => boolean;
  limits: () => JobLimits;
  now: () => Date;
}

export type JobsReader = (job: Job, event: "launched" | "asked" | "ended") => void;

type Ask = Extract<Extract<FeedEvent, { type: "said" }>["event"], { type: "ask" }>;

const TICK_MS = 2_000;
const WORDS_KEPT = 4_000;
const PROMPT_KEPT = 4_000;

export class JobLife {
  readonly #parts: LifeParts;
  readonly #readers = new Set<JobsReader>();
  #starting: Promise<unknown> = Promise.resolve();
  #tick: NodeJS.Timeout | undefined;
  stopping = false;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    parts.sessions.read((identity, { event }, turn) => {
      const run = parts.book.run(identity);
      if (run && !this.stopping) this.#heard(run, event, turn);
    });
  }

  /** Calls the reader with what happens to any job from now on. */
  read(reader: JobsReader): void {
    this.#readers.add(reader);
  }

  /** Goes on where the last gateway stopped; to be called before what it left in the inboxes runs. */
  async start(): Promise<void> {
    const { book } = this.#parts;
    await book.load();
    for (const run of book.runs())
      if (isLive(run.job))
        await this.#recover(run).catch((error: unknown) =>
          book.warn(run, `could not be taken up again: ${logError(error)}`),
        );
    book.tellOwed();
    this.#tick = setInterval(() => this.#look(), TICK_MS);
    this.#tick.unref();
    this.startQueued();
  }

  stop(): void {
    this.stopping = true;
    clearInterval(this.#tick);
  }

  publish(job: Job, event: "launched" | "asked" | "ended"): void {
    for (const reader of this.#readers) reader(job, event);
  }

  /** One after the other: each start is a process and some seconds of a processor. */
  begin(run: JobRun, text: string, source: TurnSource = sourceOf(run.job.origin)): void {
    const begun = this.#starting.then(async () => {
      if (this.stopping || !isLive(run.job)) return;
      try {
        await this.prompt(run, text, source);
        await run.began;
      } catch (error) {
        await this.end(run, "failed", describe(error, "chat"));
      }
    });
    this.#starting = begun.catch((error: unknown) => this.#parts.book.warn(run, logError(error)));
  }

  /** Gives its session a prompt, behind those that wait. */
  async prompt(run: JobRun, text: string, source: TurnSource): Promise<void> {
    const { sessions, conversations } = this.#parts;
    const { id, cwd, name, cycle } = run.job;
    const identity = sessionOf(run.job);
    const session = sessions.of(identity);
    if (run.prepare) await run.prepare(identity);
    run.prepare = undefined;
    if ((await session.record.read()) === undefined) await session.ensure({ cwd });
    await session.record.note({ name });
    run.prompts += 1;
    const prompt = `job:${id}:${cycle}:${run.prompts}:${randomBytes(4).toString("hex")}`;
    await conversations.of(identity).accept({ id: prompt, text, images: [] }, source);
  }

  /** It is over, and people are told so. */
  async end(run: JobRun, state: Job["state"], why?: string): Promise<void> {
    if (!isLive(run.job)) return;
    const { book, now } = this.#parts;
    const { said, cost, currency, turns, workedMs } = run;
    const lastWords = said.trim().slice(-WORDS_KEPT);
    run.job = {
      ...run.job,
      state,
      endedAt: now().toISOString(),
      prompt: run.job.prompt.slice(0, PROMPT_KEPT),
      turns: run.job.turns + turns,
      workedMs: run.job.workedMs + workedMs,
      ...(cost === undefined ? {} : { cost: (run.job.cost ?? 0) + cost, currency: currency ?? "USD" }),
      ...(lastWords === "" ? {} : { lastWords }),
      ...(why === undefined ? {} : { why }),
    };
    run.ended();
    await book.write(run, endNotice(run.job));
    this.publish(run.job, "ended");
    this.startQueued();
  }

  /** Begins what waits for a place, the longest waiting first. */
  startQueued(): void {
    if (this.stopping) return;
    const { book, limits } = this.#parts;
    const free = limits().max - book.all().filter(isAtWork).length;
    const waiting = book
      .all()
      .filter(({ state }) => state === "queued")
      .sort((a, b) => a.cycleAt.localeCompare(b.cycleAt));
    for (const job of waiting.slice(0, Math.max(0, free))) {
      const run = book.runOf(job);
      void book.note(run, { state: "starting" }, job.cycle > 1 ? undefined : "launched");
      this.begin(run, job.prompt);
    }
  }

  #heard(run: JobRun, event: FeedEvent, turn: Turn | undefined): void {
    const { book } = this.#parts;
    if (event.type === "turn-started" && turn?.input.audience.is === "chat") this.#move(run);
    if (run.job.moved) return;
    if (event.type === "said" && event.event.type === "ask") this.#ask(run, event.event);
    const blocks = run.read(event, turn);
    for (const { kind, text } of blocks) void book.output(run.job).add(kind, text);
    if (blocks.length > 0) this.#parts.said(run.job);
    if (event.type === "state" && event.state === "running") this.#works(run);
    if (event.type === "asked") {
      void book.note(run, { state: "asking" });
      this.publish(run.job, "asked");
    }
    if (event.type === "answered") this.#works(run);
    if (event.type === "reset" && isLive(run.job)) void this.end(run, "stopped", "was reset");
    if (event.type === "turn-settled" || event.type === "idle") this.#maybeEnd(run);
  }

  #works(run: JobRun): void {
    const { book, now } = this.#parts;
    run.begun();
    if (isLive(run.job)) {
      if (run.job.state !== "working") void book.note(run, { state: "working" });
    } else if (run.job.state === "done") {
      // Its own doing after its end: a timer, a command in the background.
      run.renew({ ...again(run.job), state: "working", cycleAt: now().toISOString() });
      run.begun();
      void book.note(run, {});
    }
  }

  #ask(run: JobRun, { text, extras, place }: Ask): void {
    const { book, telling } = this.#parts;
    const where = place ?? book.placeOf(run.job);
    if (!where) {
      extras?.shown(false);
      return;
    }
    run.asked += 1;
    const key = `job:${run.job.id}:${run.job.cycle}:ask:${run.asked}:${randomBytes(3).toString("hex")}`;
    // What has no button for it is answered by the next message all the same, once somebody has said that it is.
    const reply = { label: LABELS.reply, value: buttonValue("reply", run.job) };
    const withReply = extras && { ...extras, buttons: [...extras.buttons, reply] };
    telling.say(sessionOf(run.job), { place: where, key, text, extras: withReply });
  }

  // Done is told when nothing of the harness's own is running any more.
  #maybeEnd(run: JobRun): void {
    const { outcome } = run;
    if (!outcome || run.replacing || !isLive(run.job)) return;
    const { activity } = this.#parts.sessions.of(sessionOf(run.job));
    if (activity.prompts > 0 || activity.running || activity.inBackground.length > 0) return;
    const { state, why } = spent(run) ?? endOf(outcome, run.stoppedBy);
    void this.end(run, state, why).catch((error: unknown) => this.#parts.book.warn(run, logError(error)));
  }

  // It answers in a conversation from now on: that shows what comes.
  #move(run: JobRun): void {
    if (run.job.moved) return;
    const { book, now } = this.#parts;
    const live = isLive(run.job);
    const ended = live ? { state: "done" as const, endedAt: now().toISOString() } : {};
    run.ended();
    void book.note(run, { moved: true, ...ended });
    if (live) this.startQueued();
  }

  async #recover(run: JobRun): Promise<void> {
    const { book, inboxOf, sessions } = this.#parts;
    const { job } = run;
    if (job.state === "queued") return;
    const identity = sessionOf(job);
    const prompts = await inboxOf(identity).all();
    const cut = prompts.findLast(({ state }) => state === "submitted");
    if (cut) {
      const since = cut.submittedAt ?? cut.acceptedAt;
      const { controls } = sessions.of(identity);
      const found = await findAnswer(controls, { text: cut.text, since }).catch(() => undefined);
      run.said = found?.text ?? "";
      return await this.end(run, found?.complete ? "done" : "interrupted");
    }
    if (prompts.length > 0) return await book.note(run, { state: "starting" });
    // Its prompt was never taken: nothing has run.
    if (job.state === "starting") return this.begin(run, job.prompt);
    await this.end(run, "interrupted");
  }

  // What no event tells: a command in the background that ended without a word, and the time.
  #look(): void {
    const { book, limits, now, isWatched } = this.#parts;
    const { reminderMs } = limits();
    for (const run of book.runs()) {
      if (!isLive(run.job)) continue;
      this.#maybeEnd(run);
      const age = now().getTime() - Date.parse(run.job.cycleAt);
      if (run.reminded || run.job.state === "queued" || age < reminderMs) continue;
      run.reminded = true;
      if (!isWatched(run.job)) void book.note(run, {}, "reminder");
    }
  }
}

// What it may cost is looked at after each turn: a turn under way is not cut off for some cents.
function spent({ job, outcome, cost = 0, stoppedBy }: JobRun): ReturnType<typeof endOf> | undefined {
  const total = (job.cost ?? 0) + cost;
  const { budgetUsd } = job;
  if (budgetUsd === undefined || total < budgetUsd) return undefined;
  if (outcome?.status !== "completed" || stoppedBy !== undefined) return undefined;
  const limits = `It has cost ${costText({ cost: total })} of ${costText({ cost: budgetUsd })}.`;
  return { state: "limit", why: `${limits} To go on: /cc run --resume ${job.name} --budget USD TEXT` };
}

/** The next cycle of an ended job, as it begins. */
export function again({ endedAt: _, why: _why, ...job }: Job): Job {
  return { ...job, cycle: job.cycle + 1 };
}

function sourceOf({ by, name, place, agentId }: JobOrigin): TurnSource {
  switch (by) {
    case "person":
      return { is: "chat", where: place?.channel ?? "chat", ...(name === undefined ? {} : { by: name }) };
    case "agent":
      return { is: "agent", where: agentId ?? "" };
    case "cli":
      return { is: "command line" };
    case "gateway":
      return { is: "gateway", ...(name === undefined ? {} : { by: name }) };
  }
}
