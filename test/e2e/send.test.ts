// Files Claude made, sent into the chat.
import { mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, type Bound, bound, entryOf, startBench } from "../support/e2e.ts";
import { until } from "../support/poll.ts";

describe("/cc send", () => {
  let bench: Bench;
  let chat: Bound;
  let cwd: string;
  beforeAll(async () => {
    bench = await startBench();
    chat = await bound(bench);
    await asked("remember limes", "limes");
    cwd = String((await entryOf(bench.gateway, chat))?.cwd);
    await mkdir(join(cwd, "out dir"), { recursive: true });
    await writeFile(join(cwd, "out dir", "report.csv"), "a,b\n1,2\n");
    await writeFile(join(cwd, "huge.bin"), "");
    await truncate(join(cwd, "huge.bin"), 60_000_000);
    await symlink("/etc/hostname", join(cwd, "link.txt"));
  });
  afterAll(() => bench?.dispose());

  async function asked(text: string, answer: string): Promise<void> {
    chat.says(text);
    await chat.hears(answer);
  }

  it("sends a file of the session's directory as it is, and says so", async () => {
    await asked("/cc send out dir/report.csv", "Sent report.csv (8 bytes).");
    const sent = await until("the file", () => chat.messages().find((message) => message.file));
    expect(sent.file?.name).toBe("report.csv");
    expect(String(sent.file?.bytes)).toBe("a,b\n1,2\n");
  });

  it.each([
    ["what is not there", "nothing.txt", "There is no file nothing.txt"],
    ["what is elsewhere", "../../x", "not a file I may send"],
    ["what is elsewhere, by its full path", "/etc/hostname", "not a file I may send"],
    ["what a link leads out to", "link.txt", "not a file I may send"],
    ["a directory", "out dir", "is not a file"],
    ["what no channel takes", "huge.bin", "larger than 50 MB"],
    ["nothing", "", "PATH is missing"],
  ])("refuses %s", async (_, path, told) => {
    await asked(`/cc send ${path}`, told);
    expect(chat.messages().filter((message) => message.file)).toHaveLength(1);
  });
});
