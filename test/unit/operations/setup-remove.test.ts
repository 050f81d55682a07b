// `setup --remove`: what setup installed goes, and nothing that a gateway uses.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type SetupPorts, setupOperation } from "../../../src/operations/agents/setup.ts";
import type { Authorized } from "../../../src/operations/caller.ts";
import { tempDir } from "../../support/poll.ts";

const context = { signal: new AbortController().signal, progress: () => {} } as unknown as Authorized;

async function remove(root: string, inUse: string[]) {
  const ports = { root, inUse: async () => inUse, settings: () => ({ package: "claude-agent-acp" }) };
  const operation = setupOperation(ports as unknown as SetupPorts);
  return operation.text(await operation.run({ remove: true, yes: false }, context));
}

test("removes the harness, says how it comes back, and is content where there is none", async () => {
  await using folder = await tempDir("remove");
  const root = join(folder.path, "harness");
  await mkdir(join(root, "one@1.0.0"), { recursive: true });
  expect(await remove(root, [])).toBe(
    `Removed ${root}. To install it again: openclaw contractor-agents setup`,
  );
  expect(existsSync(root)).toBe(false);
  expect(existsSync(folder.path)).toBe(true);
  expect(await remove(root, [])).toBe(`There was nothing to remove in ${root}.`);
});

test("removes nothing while a gateway uses it", async () => {
  await using folder = await tempDir("remove");
  const root = join(folder.path, "harness");
  await mkdir(join(root, "one@1.0.0"), { recursive: true });
  await expect(remove(root, [join(root, "one@1.0.0")])).rejects.toMatchObject({ code: "refused" });
  expect(existsSync(join(root, "one@1.0.0"))).toBe(true);
});
