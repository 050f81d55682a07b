// The jobs: what runs in the background and for whom, what is still to be told about it, and who is to be woken for it. One journal
// for all of them; the gateway owns it.
import { z } from "zod";
import { filterValid } from "./content.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { OnCorrupt } from "./json-file.ts";
import type { Known } from "./known.ts";
import type { Lock } from "./lock.ts";
import { routeSchema } from "./session-schema.ts";

const VERSION = 1;
/** What the file may grow to before it is written anew with what holds: some hundred changes. */
const LONG_BYTES = 256 * 1024;

const text = z.string().min(1);

/** Who launched a job, and where they hear of it. */
const originSchema = z.looseObject({
  by: z.enum(["person", "agent", "gateway", "cli"]),
  /** As people read it. */
  name: z.string().exactOptional(),
  /** As the channel names them: `telegram:42`. */
  sender: z.string().exactOptional(),
  /** The agent that launched it, and the session it did so in. */
  agentId: z.string().exactOptional(),
  sessionKey: z.string().exactOptional(),
  place: routeSchema.exactOptional(),
});

const STATES = [
  "queued",
  "starting",
  "working",
  "asking",
  "done",
  "failed",
  "stopped",
  "limit",
  "interrupted",
] as const;

const jobSchema = z.looseObject({
  id: text,
  name: text,
  agentId: text,
  sessionKey: text,
  /** Its first 4,000 characters. */
  prompt: z.string(),
  cwd: text,
  origin: originSchema,
  model: z.string().exactOptional(),
  /** A permission profile. */
  mode: z.string().exactOptional(),
  instructions: z.string().exactOptional(),
  /** In US dollars. */
  budgetUsd: z.number().exactOptional(),
  /** It takes no follow-up. */
  once: z.boolean(),
  /** Nobody is told that it began or goes on. */
  quiet: z.boolean(),
  /** Rises with every time an ended job goes on. */
  cycle: z.int().positive(),
  state: z.enum(STATES),
  createdAt: text,
  /** When this cycle began, and when it ended. */
  cycleAt: text,
  endedAt: z.string().exactOptional(),
  turns: z.int().nonnegative(),
  /** Milliseconds of all cycles. */
  workedMs: z.number(),
  /** In `currency`, of all cycles; absent where the harness does not reckon it. */
  cost: z.number().exactOptional(),
  currency: z.string().exactOptional(),
  /** The end of what was said last. */
  lastWords: z.string().exactOptional(),
  /** Why it failed or was stopped. */
  why: z.string().exactOptional(),
  /** Replies in a row that no person gave. */
  unattended: z.int().nonnegative(),
  /** What it went on from. */
  resumedFrom: z.string().exactOptional(),
  /** It answers in a conversation now, and is no job any more. */
  moved: z.boolean().exactOptional(),
});

const buttonSchema = z.looseObject({ label: z.string(), value: z.string() });
/** What is to be told; `key` names it for ever. */
const noticeSchema = z.looseObject({
  key: text,
  job: text,
  place: routeSchema,
  text: z.string(),
  buttons: z.array(buttonSchema).exactOptional(),
});

/** A conversation that is shown what a job says. */
const watcherSchema = z.looseObject({
  job: text,
  /** Names the conversation, however its route is written. */
  where: text,
  place: routeSchema,
  /** The newest block of the job's output that was posted there. */
  seen: z.int().nonnegative(),
  /** False once it was detached: then it only remembers. */
  attached: z.boolean(),
});

/** An agent that is to be woken, in this session; `tries` counts how often that was begun. */
const wakeSchema = z.looseObject({
  key: text,
  sessionKey: text,
  text: z.string(),
  tries: z.int().nonnegative(),
});

const fileSchema = z.looseObject({
  version: z.literal(VERSION),
  jobs: z.array(jobSchema),
  owed: z.array(noticeSchema),
  wakes: z.array(wakeSchema).catch([]),
  /** How many were ever launched. */
  launched: z.int().nonnegative().catch(0),
  watchers: z.array(watcherSchema).default([]),
});
type File = z.infer<typeof fileSchema>;

const entrySchema = z.discriminatedUnion("op", [
  /** A job as it is now; `launched` where it is a new one. */
  z.looseObject({ op: z.literal("job"), job: jobSchema, launched: z.boolean().exactOptional() }),
  z.looseObject({ op: z.literal("owed"), notice: noticeSchema }),
  z.looseObject({ op: z.literal("told"), key: text }),
  z.looseObject({ op: z.literal("wake"), wake: wakeSchema }),
  z.looseObject({ op: z.literal("woken"), key: text }),
  z.looseObject({ op: z.literal("forgotten"), id: text }),
  /** A watcher as it is now. */
  z.looseObject({ op: z.literal("watch"), watcher: watcherSchema }),
]);

export type JobEntry = z.infer<typeof entrySchema>;
export type Job = Known<z.infer<typeof jobSchema>>;
export type JobState = Job["state"];
export type JobOrigin = Known<z.infer<typeof originSchema>>;
export type Wake = Known<z.infer<typeof wakeSchema>>;
export type Notice = Known<z.infer<typeof noticeSchema>>;
export type WatcherRecord = Known<z.infer<typeof watcherSchema>>;

/** What is on disk of the jobs; frozen. */
type Jobs = Pick<File, "jobs" | "owed" | "watchers" | "wakes" | "launched">;

export interface JobStore {
  read(): Promise<Jobs>;
  /** All of it is on disk when this resolves, or nothing. */
  append(entries: readonly JobEntry[]): Promise<void>;
}

/** What cannot be read is left out; the file as it was is kept aside. */
export function openJobs(o: {
  file: string;
  lock: Lock;
  owner: boolean;
  onCorrupt?: OnCorrupt | undefined;
}): JobStore {
  const journal: Journal<File, JobEntry> = openJournal<File, JobEntry>({
    ...o,
    version: VERSION,
    schema: fileSchema,
    entry: entrySchema,
    empty: () => ({ version: VERSION, jobs: [], owed: [], launched: 0, watchers: [], wakes: [] }),
    fold,
    salvage: (raw) => {
      const read = z
        .looseObject({ jobs: z.unknown(), owed: z.unknown(), watchers: z.unknown().optional() })
        .safeParse(raw);
      if (!read.success) return undefined;
      const jobs = filterValid(jobSchema, read.data.jobs);
      const owed = filterValid(noticeSchema, read.data.owed);
      const watchers = filterValid(watcherSchema, read.data.watchers);
      return { version: VERSION, jobs, owed, launched: jobs.length, watchers, wakes: [] };
    },
    isIdle: () => true,
    longBytes: LONG_BYTES,
  });
  return {
    read: () => journal.read(),
    append: (entries) => journal.append(() => ({ entries: [...entries], result: undefined })),
  };
}

function fold(state: File, entry: JobEntry): File {
  switch (entry.op) {
    case "job": {
      const { job } = entry;
      const others = state.jobs.filter(({ id }) => id !== job.id);
      return { ...state, jobs: [...others, job], launched: state.launched + (entry.launched ? 1 : 0) };
    }
    case "owed":
      return {
        ...state,
        owed: [...state.owed.filter(({ key }) => key !== entry.notice.key), entry.notice],
      };
    case "told":
      return { ...state, owed: state.owed.filter(({ key }) => key !== entry.key) };
    case "wake": {
      const others = state.wakes.filter(({ key }) => key !== entry.wake.key);
      return { ...state, wakes: [...others, entry.wake] };
    }
    case "woken":
      return { ...state, wakes: state.wakes.filter(({ key }) => key !== entry.key) };
    case "forgotten":
      return {
        ...state,
        jobs: state.jobs.filter(({ id }) => id !== entry.id),
        watchers: state.watchers.filter(({ job }) => job !== entry.id),
      };
    case "watch": {
      const { job, where } = entry.watcher;
      const others = state.watchers.filter((one) => one.job !== job || one.where !== where);
      return { ...state, watchers: [...others, entry.watcher] };
    }
  }
}
