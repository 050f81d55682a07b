// A mention in a message reads nothing outside of the session's directory unasked; inside it works as in a terminal.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE, workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";

describe("a mention", () => {
  let bench: Bench;
  let chat: Bound;
  let outside: string;
  beforeAll(async () => {
    outside = await mkdtemp(join(tmpdir(), "contractor-outside-"));
    await writeFile(join(outside, "secret.txt"), "the word is swordfish");
    bench = await startBench({ config: AT_ONCE });
    chat = await bound(bench);
  });
  afterAll(async () => {
    await bench?.dispose();
    await rm(outside, { recursive: true, force: true });
  });
  const { file } = workbench(() => bench);
  const sent = (words: string) =>
    bench.model.requests().some(({ body }) => JSON.stringify(body).includes(words));

  it("of a file in the directory gives Claude the file", async () => {
    await writeFile(file("inside.txt"), "the word is marlin");
    chat.says("look at @inside.txt please");
    await chat.hears(/^Echo/);
    expect(sent("the word is marlin")).toBe(true);
  });

  it("of one outside is words and nothing else, in every spelling", async () => {
    const secret = join(outside, "secret.txt");
    const climbing = relative(bench.gateway.workspace("cc"), secret);
    for (const mention of [
      `@${secret}`,
      `@${climbing}`,
      `@"${secret}"`,
      `@${secret}#L1-2`,
      `see @${secret}.`,
    ]) {
      chat.says(`${mention} says what`);
      await chat.hears(/says what/);
    }
    expect(sent("swordfish")).toBe(false);
    expect(sent("secret.txt")).toBe(true);
  });
});
