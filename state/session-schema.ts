// What an entry of the session map looks like on disk, and whose map it is.
import { z } from "zod";
import type { Known } from "./known.ts";

const text = z.string().min(1);

/** Where a conversation is, in the host's words. */
export const routeSchema = z.looseObject({
  channel: text,
  to: text,
  accountId: z.string().exactOptional(),
  threadId: z.union([z.string(), z.number()]).exactOptional(),
  /** True where several people are. */
  group: z.boolean().exactOptional(),
});

const amount = z.number().catch(0);
/** What a session has used; only told to people, so that a wrong number spoils nothing else. */
const usageSchema = z.looseObject({
  turns: amount,
  inputTokens: amount,
  outputTokens: amount,
  /** Read from the cache and written to it. */
  cachedTokens: amount,
  cost: amount,
  currency: z.string().catch("USD"),
  workedMs: amount,
  /** Tokens by the model that used them, those of sub-agents and summaries among them. */
  models: z.record(z.string(), amount).exactOptional().catch({}),
});
export const entryFields = {
  openclawSessionKey: text,
  agentId: text,
  claudeSessionId: text.exactOptional(),
  backendSessionId: text,
  cwd: text,
  name: z.string().exactOptional(),
  /** What it is called in lists; given by the first one who lists it. */
  number: z.int().nonnegative().catch(0).exactOptional(),
  state: z.enum(["active", "parked", "closed", "orphaned"]),
  generation: z.int().nonnegative(),
  createdAt: text,
  lastActivityAt: text,
  prompted: z.boolean().exactOptional(),
  model: z.string().exactOptional(),
  mode: z.string().exactOptional(),
  thinking: z.string().exactOptional(),
  options: z.record(z.string(), z.string()).exactOptional(),
  /** Folders beside its directory in which it may work as well. */
  folders: z
    .array(text)
    .exactOptional()
    .catch(undefined as never),
  route: routeSchema.exactOptional(),
  /** Where it was written to, the newest first: how a conversation that is bound to it is addressed. */
  places: z
    .array(routeSchema)
    .exactOptional()
    .catch(undefined as never),
  /** The harness session this one begins as a copy of, until its own first prompt. */
  forkOf: text.exactOptional(),
  /** How far its transcript was written when its process was let go: what is behind that, somebody else wrote. */
  readTo: z.looseObject({ bytes: z.number(), at: z.string() }).exactOptional(),
  usage: usageSchema.exactOptional(),
  retired: z.array(z.looseObject({ claudeSessionId: text, retiredAt: text, reason: z.string() })).default([]),
};
export const entrySchema = z.looseObject(entryFields);

/** The highest number of a list that was given to a session which is gone. */
export const lastNumberSchema = z.int().nonnegative().catch(0).exactOptional();

export const contractorSchema = z.looseObject({
  agentId: text,
  kind: text,
  backend: text,
  mode: z.literal("persistent"),
  createdAt: text,
});

export type StoredEntry = z.infer<typeof entrySchema>;

export type Route = Known<z.infer<typeof routeSchema>>;
export type UsageTotals = Known<z.infer<typeof usageSchema>>;
export type SessionEntry = Known<StoredEntry>;
export type Contractor = Known<z.infer<typeof contractorSchema>>;
