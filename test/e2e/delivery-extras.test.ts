// On a real gateway and Telegram: what Claude says after its turn, files in both directions, and a message that has to wait.
import { mkdir, readFile, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bench, type Bound, bound, entryOf, promptsFromNow, startBench } from "../support/e2e.ts";
import { type ModelRequest, say, useTool } from "../support/model.ts";
import { AGAIN, answeredIn, FOUND } from "../support/outage.ts";
import { until } from "../support/poll.ts";

const FORUM = -1_005;
const LATER_S = 30;

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench?.dispose());

describe("beside the answers", () => {
  const last = (request: ModelRequest) => JSON.stringify(request.body.messages.at(-1));
  const reports = (task: string) => (request: ModelRequest) =>
    last(request).includes("task-notification") && last(request).includes(task);

  function willStart(name: string, seconds: number, report: ReturnType<typeof say>): void {
    bench.model.will(
      name,
      useTool("Bash", { command: `sleep ${seconds}; : ${name}`, run_in_background: true }),
    );
    bench.model.will((request) => last(request).includes("running in background"), say(`Started ${name}.`));
    bench.model.will(reports(name), report);
  }

  it("tell in its topic, once, what came of a command in the background, though all was quiet", async () => {
    const topic = await bound(bench, { id: FORUM, topic: 42 });
    const files = await bound(bench);
    willStart("build", LATER_S, say("The build has ended."));
    topic.says("build it");
    // In a group too, the question is where its people are.
    await topic.hears(/Claude Code wants to/);
    topic.says("1");
    const started = Date.now();
    await topic.hears("Started build.");

    const seen = promptsFromNow(bench);
    files.sendsFile({
      name: "../../x",
      content: "harmless",
      mimeType: "text/plain",
      caption: "look at this",
    });
    await files.hears(/Echo: look at this/);
    const inbox = join(bench.gateway.workspace("cc"), ".contractor/inbox");
    expect(seen().at(-1)).toBe(`look at this\n\nAttached file: ${inbox}/x (text/plain, 8 bytes)`);
    expect(await readFile(join(inbox, "x"), "utf8")).toBe("harmless");

    files.says(" ");
    const content = Buffer.alloc(25 * 1024 * 1024, 7);
    files.sendsFile({ name: "磁盘 image.bin", content, mimeType: "application/octet-stream" });
    await files.hears(/磁盘 image\.bin \(application\/octet-stream, 25\.0 MB\)/);
    expect((await stat(join(inbox, "磁盘 image.bin"))).size).toBe(content.length);
    expect(seen()).toHaveLength(2);

    const heard = await topic.hears("The build has ended.", { withinMs: (LATER_S + 20) * 1000 });
    expect(heard).toMatchObject({ chatId: FORUM, topic: 42 });
    expect(Date.now() - started).toBeGreaterThan((LATER_S - 3) * 1000);
    expect((await entryOf(bench.gateway, topic))?.route).toMatchObject({ channel: "telegram", threadId: 42 });
    topic.says("hello");
    await topic.hears("Echo: hello");
    expect(topic.texts().filter((text) => text.includes("The build has ended."))).toHaveLength(1);
  });

  it("ask what Claude needs in an unsolicited turn, and the press of a button lets it go on", async () => {
    const chat = await bound(bench);
    willStart("deploy", 3, useTool("Bash", { command: "touch deployed" }));
    bench.model.will((request) => last(request).includes("tool_result"), say("Deployed."));
    chat.says("deploy");
    await chat.presses(/allow once/i);
    await chat.hears("Started deploy.");
    await chat.hears(/goes on by itself/);
    await chat.presses(/allow once/i);
    await chat.hears("Deployed.");
    await until("the file", () =>
      stat(join(bench.gateway.workspace("cc"), "deployed")).catch(() => undefined),
    );
  });

  it("say once that messages wait, and answer them in order", async () => {
    const chat = await bound(bench);
    const gate = Promise.withResolvers<void>();
    bench.model.will("slow", say("Slow.", { after: gate.promise }));
    chat.says("slow");
    await until("Claude to work", () => bench.model.requests().some(({ prompt }) => prompt === "slow"));
    chat.says("second");
    await chat.hears("Queued (1 waiting).");
    gate.resolve();
    await chat.hears("Echo: second");
    expect(chat.texts().slice(1)).toEqual(["Queued (1 waiting).", "Slow.", "Echo: second"]);
  });
});

describe("/cc send", () => {
  let chat: Bound;
  let cwd: string;
  beforeAll(async () => {
    chat = await bound(bench);
    await asked("remember limes", "limes");
    cwd = String((await entryOf(bench.gateway, chat))?.cwd);
    await mkdir(join(cwd, "out dir"), { recursive: true });
    await writeFile(join(cwd, "out dir", "report.csv"), "a,b\n1,2\n");
    await writeFile(join(cwd, "huge.bin"), "");
    await truncate(join(cwd, "huge.bin"), 60_000_000);
    await symlink("/etc/hostname", join(cwd, "link.txt"));
  });
  async function asked(text: string, answer: string): Promise<void> {
    chat.says(text);
    await chat.hears(answer);
  }

  const fileOf = (name: string) => {
    const found = chat.messages().find(({ file }) => file?.name === name);
    return found?.file && String(found.file.bytes);
  };

  it("sends a file of the session's directory as it is, and says so", async () => {
    await asked("/cc send out dir/report.csv", "Sent report.csv (8 bytes).");
    const sent = await until("the file", () => chat.messages().find((message) => message.file));
    expect(sent.file?.name).toBe("report.csv");
    expect(String(sent.file?.bytes)).toBe("a,b\n1,2\n");
  });

  it.each([
    ["with an apostrophe, as a phone types it", "Ada’s [new] (1).txt", "Ada's [new] (1).txt"],
    ["with quotes around it and in it", '"say "hi".txt"', 'say "hi".txt'],
  ])("finds a name %s", async (_, typed, name) => {
    await writeFile(join(cwd, name), "here");
    await asked(`/cc send ${typed}`, `Sent ${name} (4 bytes).`);
    expect(fileOf(name)).toBe("here");
  });

  it("sends what the host refuses by type as a text, or in an archive, and says so", async () => {
    const texts = ["a.py", "e.html"];
    for (const name of texts) await writeFile(join(cwd, name), "#!/bin/sh\necho hello\n");
    await writeFile(join(cwd, "f.bin"), Buffer.from([0, 1, 2, 255, 254, 0]));
    for (const name of texts) {
      await asked(`/cc send ${name}`, `Sent ${name} as ${name}.txt (21 bytes), because`);
      expect(fileOf(`${name}.txt`)).toBe("#!/bin/sh\necho hello\n");
    }
    await asked("/cc send f.bin", "Sent f.bin as f.bin.tgz (6 bytes), because");
    expect(fileOf("f.bin.tgz")).toBeDefined();
    await writeFile(join(cwd, "Makefile"), "all:\n\techo hello\n");
    await asked("/cc send Makefile", "Sent Makefile");
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
    const before = chat.messages().filter((message) => message.file).length;
    await asked(`/cc send ${path}`, told);
    expect(chat.messages().filter((message) => message.file)).toHaveLength(before);
  });
});

describe("an answer that falls into an outage of the channel", () => {
  it("comes once when nobody listened there", async () => {
    expect(await answeredIn(bench, { outage: "unreachable", forMs: 7_000 })).toEqual([FOUND]);
  });

  it("that has arrived, though nobody knows, comes again once, and says so", async () => {
    expect(await answeredIn(bench, { outage: "swallowed", forMs: 3_000 })).toEqual([
      FOUND,
      `${AGAIN}\n\n${FOUND}`,
    ]);
  });
});
