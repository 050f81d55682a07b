// The operation `add-dir`: folders beside its directory in which a session may work as well.
import { z } from "zod";
import { HARNESS } from "../../../adapters/kinds.ts";
import { Failure } from "../../../common/failure.ts";
import { asText } from "../../../common/text.ts";
import type { SessionCatalog } from "../../catalog/catalog.ts";
import type { Trust } from "../../session/folder-trust.ts";
import type { Session } from "../../session/session.ts";
import type { Authorized } from "../caller.ts";
import { defineOperation, type Operation } from "../define.ts";
import { directoryAt } from "../directory.ts";
import { anyway, trust as trustDirectory } from "../directory-options.ts";
import { byOf, listed, undecided } from "../permission/trust-first.ts";
import { sessionOf, which } from "./info.ts";

const MOST = 20;

const input = z.strictObject({
  anyway,
  trust: trustDirectory,
  remove: z.boolean().default(false).describe("Take the folder back instead."),
  session: which,
  path: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe("The folder; without it, which ones there are.")
    .meta({ value: "DIR", positional: true, path: true }),
});
const result = z.object({ folders: z.array(z.string()), text: z.string() });
type Result = z.output<typeof result>;

export function addDirOperation(
  catalog: () => SessionCatalog,
  trust: () => Trust,
): Operation<typeof input, typeof result> {
  return defineOperation({
    name: "add-dir",
    summary: `Let ${HARNESS.name} work in another folder as well, beside its directory.`,
    input,
    result,
    effect: "write",
    examples: ["openclaw contractor-agents add-dir ~/src/lib --session 1"],
    ownerOnly: ({ path }) => path !== undefined,
    run: async (given, context) => {
      const session = await sessionOf(catalog(), given.session, context);
      const folders = (await session.record.read())?.folders ?? [];
      if (given.path === undefined) return shown(folders);
      return given.remove
        ? await removed(session, folders, given.path)
        : await added(session, folders, { trust: trust(), path: given.path, given, context });
    },
    text: (told) => told.text,
  });
}

interface Adding {
  trust: Trust;
  path: string;
  given: z.output<typeof input>;
  context: Authorized;
}

async function added(
  session: Session,
  folders: readonly string[],
  { trust, path, given, context }: Adding,
): Promise<Result> {
  if (!session.controls.harness.addsFolders) {
    const message = `${session.harness.title} works in one directory alone.`;
    throw new Failure({ code: "refused", message });
  }
  const folder = await directoryAt(path);
  await trust.requireGround(folder, { anyway: given.anyway });
  await requireTrusted(trust, folder, { trust: given.trust, by: byOf(context) });
  if (folders.length >= MOST) {
    const message = `A session has at most ${MOST} folders.`;
    throw new Failure({ code: "limit-reached", message, next: { say: "Take one back with --remove." } });
  }
  const wanted = [...new Set([...folders, folder])];
  await session.record.note({ folders: wanted });
  return { folders: wanted, text: `From the next message on it may work in ${asText(folder)} as well.` };
}

// A harness takes up what an added folder brings (its skills, its git settings), and cannot go without it there.
async function requireTrusted(
  trust: Trust,
  folder: string,
  said: { trust: boolean; by: string },
): Promise<void> {
  await undecided(trust, folder, { ...said, withoutSettings: false });
  const standing = await trust.standing(folder);
  if (standing.use !== "ignored") return;
  throw new Failure({
    code: "refused",
    message: `${listed(standing).join("\n")}\nIn an added folder they would be used, so it was not added.`,
    next: { say: "If you trust them, say it again with --trust." },
  });
}

async function removed(session: Session, folders: readonly string[], path: string): Promise<Result> {
  // One that is gone is named as it was.
  const folder = await directoryAt(path).catch(() => path.trim());
  const left = folders.filter((one) => one !== folder);
  if (left.length === folders.length) {
    const message = `${asText(folder)} is no folder of this session.`;
    throw new Failure({ code: "invalid", message, next: { lead: "See them with", run: "add-dir" } });
  }
  await session.record.note({ folders: left.length > 0 ? left : undefined });
  return {
    folders: left,
    text: `From the next message on ${asText(folder)} is none of its folders any more.`,
  };
}

function shown(folders: readonly string[]): Result {
  const text = folders.length === 0 ? "It works in its directory alone." : folders.map(asText).join("\n");
  return { folders: [...folders], text };
}
