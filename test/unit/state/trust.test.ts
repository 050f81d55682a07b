// Decisions about directories: one for a path, the last one, and none where the file does not say so clearly.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hostLock } from "../../../src/host/file-lock.ts";
import { openDecisions } from "../../../state/trust-store.ts";
import { tempDir } from "../../support/poll.ts";

let folder: Awaited<ReturnType<typeof tempDir>>;
const at = "2026-11-26T07:00:00.000Z";
const trusted = { path: "/srv/shop", hash: "one", decision: "trusted", by: "telegram 501", at } as const;

beforeEach(async () => {
  folder = await tempDir("decisions");
});
afterEach(() => folder.remove());

const open = () => openDecisions({ file: join(folder.path, "contractor/trust.json"), lock: hostLock });

describe("decisions about directories", () => {
  it("are kept, one for a path, and can be removed", async () => {
    await open().set(trusted);
    await open().set({ ...trusted, path: "/srv/other" });
    await open().set({ ...trusted, hash: "two", decision: "without" });
    expect(await open().all()).toMatchObject([
      { path: "/srv/other" },
      { path: "/srv/shop", hash: "two", decision: "without" },
    ]);
    expect(await open().remove("/srv/shop")).toBe(true);
    expect(await open().remove("/srv/shop")).toBe(false);
    expect(await open().all()).toMatchObject([{ path: "/srv/other" }]);
  });

  it("that cannot be read trust nobody", async () => {
    await mkdir(join(folder.path, "contractor"));
    const directories = [{ ...trusted, decision: "yes" }, { path: "/srv/shop" }, trusted];
    await writeFile(join(folder.path, "contractor/trust.json"), JSON.stringify({ version: 1, directories }));
    expect(await open().all()).toEqual([trusted]);
    await writeFile(join(folder.path, "contractor/trust.json"), "{ trusted");
    expect(await open().all()).toEqual([]);
  });
});
