// The inbox is the list of accepted prompts of one session that are not finished: what the host was told is "handled"
// and must not be lost with the gateway. One file per session. I3, I4 (docs/architecture.md).
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { filterValid } from "./content.ts";
import { errnoOf, StateError } from "./error.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { OnCorrupt } from "./json-file.ts";
import type { Known } from "./known.ts";
import type { Lock } from "./lock.ts";
import type { SessionIdentity } from "./session-map.ts";
import { routeSchema } from "./session-schema.ts";

const VERSION = 1;
/** How many finished prompts are remembered, so that a channel's redelivery is known as one. */
const REMEMBERED = 200;
/** What a file may grow to before the words of finished prompts are taken out of it: some fifty turns. */
const LONG_BYTES = 32 * 1024;

const promptSchema = z.looseObject({
  id: z.string().min(1),
  text: z.string(),
  images: z.array(z.looseObject({ mimeType: z.string(), data: z.string() })),
  /** Where it is answered; absent where nobody is to be posted to. */
  route: routeSchema.exactOptional(),
  acceptedAt: z.string(),
  state: z.enum(["accepted", "submitted"]),
  submittedAt: z.string().exactOptional(),
  generation: z.int().nonnegative(),
  /** The gateway that accepted it: another one recovers it. */
  gateway: z.string().exactOptional(),
  /** What was posted of the answer so far. */
  posted: z.string().exactOptional(),
  /** What was about to be posted after that. */
  posting: z.string().exactOptional(),
});
const identitySchema = z.looseObject({ agentId: z.string(), sessionKey: z.string() });
const fileSchema = z.looseObject({
  version: z.literal(VERSION),
  identity: identitySchema,
  prompts: z.array(promptSchema),
  done: z.array(z.string()),
});
type File = z.infer<typeof fileSchema>;

const entrySchema = z.discriminatedUnion("op", [
  z.looseObject({ op: z.literal("accept"), prompt: promptSchema }),
  z.looseObject({ op: z.literal("submitted"), id: z.string(), at: z.string() }),
  z.looseObject({ op: z.literal("posting"), id: z.string(), text: z.string() }),
  z.looseObject({ op: z.literal("posted"), id: z.string(), text: z.string() }),
  /** No prompt of these ids is here any more, and none will be taken again. */
  z.looseObject({ op: z.literal("done"), ids: z.array(z.string()) }),
]);
type Entry = z.infer<typeof entrySchema>;

export type InboxPrompt = Known<z.infer<typeof promptSchema>>;

/** Prompts are frozen and in the order of their arrival; every method has its effect on disk before it resolves. */
export interface Inbox {
  /** "duplicate" when a prompt of this id waits, runs, or is among the last 200 that were finished or dropped. */
  accept(prompt: InboxPrompt): Promise<"accepted" | "duplicate">;
  /** Marks a prompt as given to the harness, now; nothing when it is gone. */
  submitted(id: string): Promise<void>;
  /** Notes what is about to be posted of a prompt's answer; nothing when it is gone. */
  posting(id: string, text: string): Promise<void>;
  /** Adds to what was posted of a prompt's answer; nothing when it is gone. */
  posted(id: string, text: string): Promise<void>;
  /** Whether a prompt of this id waits, runs, or is among those remembered. */
  knows(id: string): Promise<boolean>;
  /** Remembers the id of a prompt that never lay here. */
  remember(id: string): Promise<void>;
  /** Removes a prompt and remembers its id; nothing when it is gone. */
  done(id: string): Promise<void>;
  /** Removes every prompt, submitted or not, remembers their ids, and returns them. */
  drop(): Promise<InboxPrompt[]>;
  all(): Promise<InboxPrompt[]>;
}

type Place = {
  dir: string;
  lock: Lock;
  /** True in the gateway, which keeps the inboxes; false where somebody else looks into them or empties one. */
  owner: boolean;
  onCorrupt?: OnCorrupt | undefined;
};

/** The inbox of one session; nothing is touched before it is used. Throws a StateError for a newer file. */
export function openInbox(o: Place & { identity: SessionIdentity }): Inbox {
  return inboxOf(openFile({ ...o, file: join(o.dir, fileName(o.identity)) }));
}

/**
 * Every inbox there is in `dir`, with prompts or without. Files that are bad are set aside, files that cannot be used
 * (a newer version's) left alone and given to `onRefused`; neither is listed.
 */
export async function listInboxes(
  o: Place & { onRefused?: (error: StateError) => void },
): Promise<{ identity: SessionIdentity; inbox: Inbox }[]> {
  const found: { identity: SessionIdentity; inbox: Inbox }[] = [];
  for (const name of (await namesIn(o.dir)).filter((one) => /^[0-9a-f]{64}\.jsonl$/.test(one)).sort()) {
    try {
      const { identity } = await openFile({ ...o, file: join(o.dir, name) }).read();
      if (identity.agentId !== "") found.push({ identity, inbox: openInbox({ ...o, identity }) });
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      o.onRefused?.(error);
    }
  }
  return found;
}

function inboxOf(journal: Journal<File, Entry>): Inbox {
  const change = (entriesOf: (file: File) => Entry[]) =>
    journal.append<void>((file) => ({ entries: entriesOf(file), result: undefined }));
  const ofPrompt = (id: string, entry: Entry) =>
    change(({ prompts }) => (prompts.some((prompt) => prompt.id === id) ? [entry] : []));
  return {
    accept: (prompt) =>
      journal.append((file, again) => {
        if (!isKnown(file, prompt.id)) return { entries: [{ op: "accept", prompt }], result: "accepted" };
        return { entries: [], result: again ? "accepted" : "duplicate" };
      }),
    submitted: (id) => ofPrompt(id, { op: "submitted", id, at: new Date().toISOString() }),
    posting: (id, text) => ofPrompt(id, { op: "posting", id, text }),
    posted: (id, text) => ofPrompt(id, { op: "posted", id, text }),
    knows: async (id) => isKnown(await journal.read(), id),
    remember: (id) => change(() => [{ op: "done", ids: [id] }]),
    done: (id) => ofPrompt(id, { op: "done", ids: [id] }),
    async drop() {
      const dropped = await journal.append(({ prompts }) => {
        const ids = prompts.map(({ id }) => id);
        return { entries: ids.length > 0 ? [{ op: "done", ids }] : [], result: prompts };
      });
      // Nor are their words to stay; where that fails, they go with the next change.
      await journal.shorten().catch(() => {});
      return dropped;
    },
    all: async () => (await journal.read()).prompts,
  };
}

function fold(file: File, entry: Entry): File {
  switch (entry.op) {
    case "accept":
      return isKnown(file, entry.prompt.id) ? file : { ...file, prompts: [...file.prompts, entry.prompt] };
    case "submitted":
      return changed(file, entry.id, () => ({ state: "submitted", submittedAt: entry.at }));
    case "posting":
      return changed(file, entry.id, () => ({ posting: entry.text }));
    case "posted":
      return changed(file, entry.id, ({ posted = "" }) => ({
        posted: `${posted}${entry.text}\n\n`,
        posting: "",
      }));
    case "done": {
      const others = file.done.filter((id) => !entry.ids.includes(id));
      const prompts = file.prompts.filter(({ id }) => !entry.ids.includes(id));
      return { ...file, prompts, done: [...others, ...entry.ids].slice(-REMEMBERED) };
    }
  }
}

function changed(file: File, id: string, change: (prompt: InboxPrompt) => Partial<InboxPrompt>): File {
  const prompts = file.prompts.map((prompt) =>
    prompt.id === id ? { ...prompt, ...change(prompt) } : prompt,
  );
  return { ...file, prompts };
}

function isKnown({ done, prompts }: Pick<File, "done" | "prompts">, id: string): boolean {
  return done.includes(id) || prompts.some((prompt) => prompt.id === id);
}

function openFile(o: Place & { file: string; identity?: SessionIdentity }): Journal<File, Entry> {
  // A file under another session's name would run one conversation's prompts in another: it is as bad as garbage.
  const isOurs = (identity: SessionIdentity) => fileName(identity) === basename(o.file);
  return openJournal<File, Entry>({
    file: o.file,
    schema: fileSchema.refine((file) => isOurs(file.identity), {
      path: ["identity"],
      error: "of another session",
    }),
    empty: () => ({
      version: VERSION,
      identity: o.identity ?? { agentId: "", sessionKey: "" },
      prompts: [],
      done: [],
    }),
    version: VERSION,
    entry: entrySchema,
    fold,
    isIdle: ({ prompts }) => prompts.length === 0,
    longBytes: LONG_BYTES,
    lock: o.lock,
    owner: o.owner,
    onCorrupt: o.onCorrupt,
    salvage: (raw) => salvageFile(raw, isOurs),
  });
}

// The prompts that fit, where the file at least says whose it is.
function salvageFile(raw: unknown, isOurs: (identity: SessionIdentity) => boolean): File | undefined {
  const file = z.looseObject({ identity: identitySchema }).safeParse(raw);
  if (!file.success || !isOurs(file.data.identity)) return undefined;
  const { prompts, done, ...others } = file.data;
  return {
    ...others,
    version: VERSION,
    prompts: filterValid(promptSchema, prompts),
    done: filterValid(z.string(), done),
  };
}

function fileName(identity: SessionIdentity): string {
  return `${createHash("sha256").update(`${identity.agentId}\0${identity.sessionKey}`).digest("hex")}.jsonl`;
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
