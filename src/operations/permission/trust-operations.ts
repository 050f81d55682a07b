// The operations about directories that bring settings of their own: `trust`, and `trust list`, `trust add`, `trust remove`.
import { realpath } from "node:fs/promises";
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import { identityKey } from "../../../state/identity.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import { allBrought } from "../../permission/brought.ts";
import type { Standing, Trust } from "../../session/folder-trust.ts";
import { defineOperation, type Operation } from "../define.ts";
import { directoryAt } from "../directory.ts";
import { missing } from "../session/resume.ts";
import { byOf, listed } from "./trust-first.ts";

const text = z.object({ text: z.string() });

const here = z.strictObject({
  answer: z
    .enum(["yes", "without", "no", "show"], { error: "must be yes, without, no or show" })
    .optional()
    .describe(
      "yes uses its settings, without goes on without them, no takes that back, show lists all of them.",
    )
    .meta({ value: "ANSWER", positional: true }),
});

/** What was shown in a conversation is what a yes there is about. */
export function trustHereOperation(o: {
  trust: () => Trust;
  catalog: () => SessionCatalog;
}): Operation<typeof here, typeof text> {
  const shown = new Map<string, string>();
  return defineOperation({
    name: "trust",
    summary: "Show which settings of its own this directory brings, and decide whether they are used.",
    input: here,
    result: text,
    effect: "write",
    ownerOnly: ({ answer }) => answer !== undefined && answer !== "show",
    run: async ({ answer }, context) => {
      if (!context.here) throw missing(context);
      const cwd = (await o.catalog().session(context.here).record.read())?.cwd;
      if (cwd === undefined) throw missing(context);
      const standing = await o.trust().standing(cwd);
      const key = identityKey(context.here);
      const seen = shown.get(key) === standing.hash;
      shown.set(key, standing.hash);
      if (standing.decision === "none") return { text: nothing(standing) };
      if (answer === "no") return { text: await takeBack(o.trust(), standing) };
      if (answer === undefined || answer === "show" || !seen)
        return { text: state(standing, answer === "show") };
      const decision = answer === "yes" ? "trusted" : "without";
      await o.trust().decide(standing, { decision, by: byOf(context) });
      return { text: decided(standing, decision) };
    },
    text: (result) => result.text,
  });
}

function nothing({ path, brought }: Standing): string {
  if (brought.length > 0)
    return `${path} is a scratch directory: what is written there is never used as settings.`;
  return `${path} brings nothing that would run, or change whom ${HARNESS.name} trusts.`;
}

function state(standing: Standing, whole: boolean): string {
  const lines = whole ? [`${standing.path} brings:`, ...allBrought(standing.brought)] : listed(standing);
  const now =
    standing.use === "trusted"
      ? "They are used, because an owner trusts them. /cc trust no ends that."
      : "They are not used. /cc trust yes uses them until one of them changes; /cc trust without leaves it so.";
  return [...lines, now].join("\n");
}

function decided({ path }: Standing, decision: "trusted" | "without"): string {
  return decision === "trusted"
    ? `${path} is trusted, until one of these files changes. It holds from the next message on.`
    : `${path} is used without its settings. You are told when they change.`;
}

async function takeBack(trust: Trust, { path }: Standing): Promise<string> {
  const found = await trust.decisions.remove(path);
  return found ? `${path} is not trusted any more, from the next message on.` : `${path} was not trusted.`;
}

const directory = z.object({
  path: z.string(),
  decision: z.enum(["trusted", "without"]),
  by: z.string(),
  at: z.string(),
  /** Its files are not what they were when it was decided, so it does not hold. */
  changed: z.boolean(),
});
const listInput = z.strictObject({});
const listResult = z.object({ directories: z.array(directory) });

export function trustListOperation(trust: () => Trust): Operation<typeof listInput, typeof listResult> {
  return defineOperation({
    name: "trust list",
    summary: "Show the directories whose own settings somebody has decided about.",
    input: listInput,
    result: listResult,
    effect: "read",
    ownerOnly: true,
    examples: ["openclaw contractor-agents trust list"],
    run: async () => {
      const all = await trust().decisions.all();
      const directories = await Promise.all(
        all.map(async ({ path, decision, by, at, hash }) => {
          const changed = (await trust().standing(path)).hash !== hash;
          return { path, decision, by, at, changed };
        }),
      );
      return { directories };
    },
    text: ({ directories }) =>
      directories.length === 0
        ? "No directory is trusted: the settings that directories bring are not used."
        : directories.map(line).join("\n"),
  });
}

const dir = z
  .string()
  .min(1, "is empty")
  .describe("The directory.")
  .meta({ value: "DIR", positional: true, path: true });
const removeInput = z.strictObject({ dir });
const removeResult = z.object({ path: z.string() });

export function trustRemoveOperation(trust: () => Trust): Operation<typeof removeInput, typeof removeResult> {
  return defineOperation({
    name: "trust remove",
    summary: "Take back what was decided about a directory; its settings are not used then.",
    input: removeInput,
    result: removeResult,
    effect: "write",
    ownerOnly: true,
    examples: ["openclaw contractor-agents trust remove ~/src/shop"],
    run: async ({ dir: named }) => {
      // It may be gone, and still be in the list.
      const at = await directoryAt(named).catch(() => named);
      const real = await realpath(at).catch(() => at);
      for (const path of new Set([real, at, named]))
        if (await trust().decisions.remove(path)) return { path };
      throw new Failure({
        code: "invalid",
        message: `Nothing was decided about ${named}.`,
        next: { lead: "See them with", run: "trust list" },
      });
    },
    text: ({ path }) => `Removed: ${path}. Its settings are not used any more, from the next message on.`,
  });
}

const addInput = z.strictObject({
  dir,
  withoutSettings: z
    .boolean()
    .default(false)
    .describe("Work there without its settings, and do not ask again."),
  yes: z.boolean().default(false).describe("Do not ask."),
});
const addResult = z.object({
  path: z.string(),
  decision: z.enum(["trusted", "without", "undecided"]),
  brings: z.array(z.string()),
});

export function trustAddOperation(trust: () => Trust): Operation<typeof addInput, typeof addResult> {
  return defineOperation({
    name: "trust add",
    summary: "Show which settings a directory brings, and use them from now on.",
    input: addInput,
    result: addResult,
    effect: "write",
    ownerOnly: true,
    examples: ["openclaw contractor-agents trust add ~/src/shop"],
    run: async (given, context) => {
      const standing = await trust().standing(await directoryAt(given.dir));
      const { path } = standing;
      const brings = allBrought(standing.brought);
      if (brings.length === 0) return { path, decision: "undecided", brings };
      const decision = given.withoutSettings ? "without" : "trusted";
      const asked = [`${path} brings:`, ...brings, decision === "trusted" ? "Trust it?" : "Leave it unused?"];
      if (!given.yes && !(await context.confirm(asked.join("\n"))))
        return { path, decision: "undecided", brings };
      await trust().decide(standing, { decision, by: byOf(context) });
      return { path, decision, brings };
    },
    text: ({ path, decision, brings }) => {
      if (brings.length === 0) return `${path} brings nothing that would run, so there is nothing to trust.`;
      if (decision === "trusted") return `${path} is trusted, until one of these files changes.`;
      if (decision === "without") return `${path} is used without its settings.`;
      return [`${path} brings:`, ...brings, "It is not trusted. To trust it, add --yes."].join("\n");
    },
  });
}

function line({ path, decision, by, at, changed }: z.output<typeof directory>): string {
  const since = changed ? ", but its files have changed since: not used, and asked again" : "";
  return `${path}  ${decision === "trusted" ? "trusted" : "without its settings"}  (${by}, ${at.slice(0, 10)}${since})`;
}

/** On the files: they are the same for the gateway and everybody else. */
export function trustOperations(trust: () => Trust): Operation[] {
  return [trustListOperation(trust), trustAddOperation(trust), trustRemoveOperation(trust)];
}
