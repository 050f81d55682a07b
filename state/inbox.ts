// The inbox is the list of accepted prompts of one session that are not finished: what the host was told is "handled"
// and must not be lost with the gateway. One file per session.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import {
  type Document,
  goodOnes,
  type Lock,
  type OnCorrupt,
  openDocument,
  updateGiving,
} from "./document.ts";
import { errnoOf, StateError } from "./error.ts";
import type { Route, SessionIdentity } from "./session-map.ts";
import { routeSchema } from "./session-schema.ts";

const VERSION = 1;
/** How many finished prompts are remembered, so that a channel's redelivery is known as one. */
const REMEMBERED = 200;

const promptSchema = z.looseObject({
  id: z.string().min(1),
  text: z.string(),
  images: z.array(z.looseObject({ mimeType: z.string(), data: z.string() })),
  route: routeSchema,
  acceptedAt: z.string(),
  state: z.enum(["accepted", "submitted"]),
  submittedAt: z.string().exactOptional(),
  generation: z.int().nonnegative(),
  posted: z.string().exactOptional(),
});
const identitySchema = z.looseObject({ agentId: z.string(), sessionKey: z.string() });
const fileSchema = z.looseObject({
  version: z.literal(VERSION),
  identity: identitySchema,
  prompts: z.array(promptSchema),
  done: z.array(z.string()),
});
type File = z.infer<typeof fileSchema>;

export type InboxPrompt = {
  id: string;
  text: string;
  images: { mimeType: string; data: string }[];
  route: Route;
  acceptedAt: string;
  state: "accepted" | "submitted";
  submittedAt?: string;
  generation: number;
  /** What was posted of the answer so far. */
  posted?: string;
};

/** Prompts are frozen and in the order of their arrival; every method has its effect on disk before it resolves. */
export interface Inbox {
  /** "duplicate" when a prompt of this id waits, runs, or is among the last 200 that were finished or dropped. */
  accept(prompt: InboxPrompt): Promise<"accepted" | "duplicate">;
  /** Marks a prompt as given to the harness, now; nothing when it is gone. */
  submitted(id: string): Promise<void>;
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

type Place = { dir: string; lock: Lock; onCorrupt?: OnCorrupt | undefined };

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
  for (const name of (await namesIn(o.dir)).filter((one) => /^[0-9a-f]{64}\.json$/.test(one)).sort()) {
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

function inboxOf(document: Document<File>): Inbox {
  return {
    accept: (prompt) =>
      updateGiving(document, (draft) => {
        if (isKnown(draft, prompt.id)) return "duplicate";
        draft.prompts.push(structuredClone(prompt));
        return "accepted";
      }),
    async submitted(id) {
      await document.update((draft): void => {
        const prompt = draft.prompts.find((one) => one.id === id);
        if (prompt !== undefined)
          Object.assign(prompt, { state: "submitted", submittedAt: new Date().toISOString() });
      });
    },
    async posted(id, text) {
      await document.update((draft): void => {
        const prompt = draft.prompts.find((one) => one.id === id);
        if (prompt !== undefined) prompt.posted = `${prompt.posted ?? ""}${text}\n\n`;
      });
    },
    async knows(id) {
      return isKnown(await document.read(), id);
    },
    async remember(id) {
      await document.update((draft): void => {
        draft.done = [...draft.done, id].slice(-REMEMBERED);
      });
    },
    async done(id) {
      await document.update((draft): void => finish(draft, (prompt) => prompt.id === id));
    },
    drop: () =>
      updateGiving(document, (draft) => {
        const dropped = draft.prompts;
        finish(draft, () => true);
        return dropped;
      }),
    async all() {
      return (await document.read()).prompts;
    },
  };
}

function isKnown({ done, prompts }: Pick<File, "done" | "prompts">, id: string): boolean {
  return done.includes(id) || prompts.some((prompt) => prompt.id === id);
}

function finish(draft: File, isFinished: (prompt: InboxPrompt) => boolean): void {
  const ids = draft.prompts.filter(isFinished).map(({ id }) => id);
  draft.prompts = draft.prompts.filter((prompt) => !isFinished(prompt));
  draft.done = [...draft.done, ...ids].slice(-REMEMBERED);
}

function openFile(o: Place & { file: string; identity?: SessionIdentity }): Document<File> {
  // A file under another session's name would run one conversation's prompts in another: it is as bad as garbage.
  const isOurs = (identity: SessionIdentity) => fileName(identity) === basename(o.file);
  return openDocument<File>({
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
    lock: o.lock,
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
    prompts: goodOnes(promptSchema, prompts),
    done: goodOnes(z.string(), done),
  };
}

function fileName(identity: SessionIdentity): string {
  return `${createHash("sha256").update(`${identity.agentId}\0${identity.sessionKey}`).digest("hex")}.json`;
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
