// Trust in a directory: given for its real path and one content, never by silence, by an error or in a scratch directory.
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Bringings, Harness } from "../../../adapters/harness.ts";
import { hostLock } from "../../../src/host/file-lock.ts";
import { Trust } from "../../../src/session/folder-trust.ts";
import { openDecisions } from "../../../state/trust-store.ts";
import { startEngine } from "../../support/engine.ts";
import { tempDir } from "../../support/poll.ts";

const ID = { agentId: "cc", sessionKey: "agent:cc:acp:one" };
const HOOK = { file: ".claude/settings.json", does: "runs when a session starts", detail: "id" };

let folder: Awaited<ReturnType<typeof tempDir>>;
let shop: string;
let brings: () => Bringings;
let harness: Harness;

beforeEach(async () => {
  folder = await tempDir("trusted");
  shop = join(folder.path, "shop");
  await mkdir(shop);
  brings = () => ({ brought: [HOOK], hash: "one" });
  const engine = await startEngine({ command: ["/bin/false"] });
  harness = { ...engine.harness, trust: { brings: async () => brings(), takenUp: () => [] } };
  await engine.dispose();
});
afterEach(() => folder.remove());

function trust(): Trust {
  return new Trust({
    harness,
    decisions: openDecisions({ file: join(folder.path, "trust.json"), lock: hostLock }),
    scratch: join(folder.path, "scratch"),
    ground: () => ({ closed: [], open: [], home: "/" }),
    now: () => new Date(),
  });
}
const said = async (decision: "trusted" | "without", of = trust()) =>
  await of.decide(await of.standing(shop), { decision, by: "the test" });

describe("a directory's own settings", () => {
  it("are used where they bring nothing, and where they do not before somebody says so", async () => {
    expect(await trust().standing(shop)).toMatchObject({ use: "ignored", decision: "open" });
    brings = () => ({ brought: [], hash: "none" });
    expect(await trust().standing(shop)).toMatchObject({ use: "harmless", decision: "none" });
  });

  it("are trusted by their real path and content, and not when the content changes", async () => {
    await said("trusted");
    expect(await trust().standing(shop)).toMatchObject({ use: "trusted" });
    await symlink(shop, join(folder.path, "link"));
    expect(await trust().standing(join(folder.path, "link"))).toMatchObject({ use: "trusted", path: shop });
    brings = () => ({ brought: [HOOK], hash: "two" });
    expect(await trust().standing(shop)).toMatchObject({ use: "ignored", decision: "open" });
    await said("without");
    expect(await trust().standing(shop)).toMatchObject({ use: "ignored", decision: "without" });
  });

  it("are ignored where nobody can tell: an error, a file of decisions that is not ours, another harness", async () => {
    await said("trusted");
    const broken = brings;
    brings = () => {
      throw new Error("no");
    };
    expect(await trust().standing(shop)).toMatchObject({ use: "ignored", decision: "open" });
    brings = broken;
    await writeFile(join(folder.path, "trust.json"), JSON.stringify({ version: 9, directories: [] }));
    expect(await trust().standing(shop)).toMatchObject({ use: "ignored", decision: "open" });
    const { trust: _, ...other } = harness;
    const unable = new Trust({
      harness: other,
      decisions: openDecisions({ file: join(folder.path, "other.json"), lock: hostLock }),
      scratch: join(folder.path, "scratch"),
      ground: () => ({ closed: [], open: [], home: "/" }),
      now: () => new Date(),
    });
    expect(await unable.standing(shop)).toMatchObject({ use: "ignored", decision: "none" });
  });

  it("are never used in a scratch directory, whatever was said and however it is named", async () => {
    const scratch = join(folder.path, "scratch/scratch-00000000");
    await mkdir(scratch, { recursive: true });
    await trust().decide(await trust().standing(scratch), { decision: "trusted", by: "the test" });
    await symlink(scratch, join(folder.path, "elsewhere"));
    for (const path of [scratch, join(folder.path, "elsewhere")])
      expect(await trust().standing(path)).toMatchObject({ use: "ignored", decision: "none" });
  });

  it("are told of once in each conversation, and again when they change", async () => {
    const one = trust();
    const notice = async (sessionKey = ID.sessionKey) =>
      one.notice({ ...ID, sessionKey }, await one.standing(shop));
    expect(await notice()).toContain("`.claude/settings.json` runs when a session starts: `id`");
    expect(await notice()).toBeUndefined();
    expect(await notice("agent:cc:acp:two")).toContain("nobody has trusted");
    brings = () => ({ brought: [HOOK], hash: "two" });
    expect(await notice()).toContain("nobody has trusted");
    await said("without", one);
    brings = () => ({ brought: [HOOK], hash: "two" });
    expect(await notice()).toBeUndefined();
  });
});
