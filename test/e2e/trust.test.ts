// A directory brings settings of its own: an owner is shown what they do and decides, and nothing of it runs before that.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ASKED, AT_ONCE, run } from "../support/approvals.ts";
import { type Bench, startBench } from "../support/e2e.ts";
import { git, hooks, hostileFolder, repository, writeSettings } from "../support/hostile-folder.ts";
import { asks } from "../support/talk.ts";

const OWNER = 501;
const GROUP = -7_001;
const UNTRUSTED = "brings settings of its own that nobody has trusted";
const NAMED = [
  ...["hook-start", "hook-prompt", "hook-tool", "hook-permission", "hook-stop", "hook-end", "key", "aws"],
  ...["aws-credentials", "telemetry", "status-line", "files", "server", "server-login", "command", "skill"],
  ...[
    "git-fsmonitor",
    "git-pager",
    "git-ssh",
    "git-diff",
    "git-textconv",
    "git-clean",
    "git-smudge",
    "git-gpg",
  ],
  ...["git-credential", "git-alias", "githooks", "pre-commit", "post-index-change", "post-checkout"],
  ...["ANTHROPIC_BASE_URL=http://127.0.0.1:", "BASH_ENV", "tools@stranger", "bypassPermissions", "Bash(*)"],
  ...[".mcp.json", "go.md", "SKILL.md", "helper.md"],
];

const listed = z.looseObject({
  directories: z.array(z.looseObject({ path: z.string(), decision: z.string(), changed: z.boolean() })),
});

describe("A directory with settings of its own", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ config: AT_ONCE });
  });
  afterAll(() => bench?.dispose());

  const place = (name: string) => join(bench.gateway.root, name);
  const mark = (name: string) => `id > ${place(name)}`;
  const ran = (name: string) => existsSync(place(name));

  it("is started in only after an owner has decided, and not at all after a no", async () => {
    const folder = await hostileFolder(place("stranger"));
    const chat = bench.telegram.chat({ from: { id: OWNER } });
    const question = await asks(chat, `/cc start ${folder.path}`);
    expect(question).toMatch(/hook-[\s\S]*and \d+ more: \/cc trust show\s+Do you trust it\?\s+1 Trust/);
    for (const file of [
      ".claude/settings.json",
      ".mcp.json",
      "go.md",
      "SKILL.md",
      "helper.md",
      ".git/config",
    ])
      expect(question).toContain(file);
    expect(await asks(chat, "3")).toBe("Nothing was started.");
    expect(await asks(chat, "/cc status")).toContain("Claude is not in this conversation.");
    expect(await asks(chat, `/cc start ${folder.path}`)).toBe(question);
    expect(await asks(chat, "2")).toContain(`Claude is here now, in ${folder.path}.`);
    chat.says("hello");
    await chat.hears("Echo: hello");
    bench.model.will(run("git status"));
    chat.says("look");
    await chat.hears(ASKED);
    await chat.presses("Deny");
    await chat.hears("Done:");
    chat.says("/cc /go");
    await chat.hears(/go/);
    chat.says("/cc trust show");
    const all = await wholeAnswer(chat);
    for (const name of NAMED) expect(all).toContain(name);
    expect(chat.texts().join("\n")).not.toContain(UNTRUSTED);
    await asks(chat, "/cc stop");
    expect(folder.ran()).toEqual([]);
    expect(folder.reached()).toEqual([]);
    await folder.close();
  });

  it("is used once it is trusted, asked about again when it changes, and taken back with /cc trust no", async () => {
    const path = place("shop");
    repository(path);
    git(path, "config", "core.fsmonitor", mark("monitor"));
    writeSettings(path, hooks({ SessionStart: mark("start"), UserPromptSubmit: mark("prompt") }));
    const chat = bench.telegram.chat({ from: { id: 502 } });
    expect(await asks(chat, "/cc start")).toContain("Where should Claude work?");
    expect(await asks(chat, path)).toContain("Do you trust it?");
    expect([ran("start"), ran("monitor")]).toEqual([false, false]);
    expect(await asks(chat, "1")).toContain("Claude is here now");
    bench.model.will(run("git status"));
    chat.says("look");
    await chat.hears("Done:");
    expect([ran("start"), ran("prompt"), ran("monitor")]).toEqual([true, true, true]);

    writeSettings(path, hooks({ UserPromptSubmit: mark("later") }));
    chat.says("and now?");
    await chat.hears("Echo: and now?");
    const text = chat.texts().find((said) => said.includes(UNTRUSTED)) ?? "";
    expect(text).toContain(UNTRUSTED);
    expect(text).toContain(mark("later"));
    expect(ran("later")).toBe(false);
    const decisions = async () => listed.parse(await bench.gateway.call("contractor.trust.list")).directories;
    expect(await decisions()).toContainEqual(expect.objectContaining({ path, changed: true }));
    chat.says("once more");
    await chat.hears("Echo: once more");
    expect(chat.texts().filter((text) => text.includes(UNTRUSTED))).toHaveLength(1);

    expect(await asks(chat, "/cc trust yes")).toContain("They are not used. /cc trust yes uses them");
    expect(await asks(chat, "/cc trust yes")).toContain("is trusted, until one of these files changes");
    chat.says("with them");
    await chat.hears("Echo: with them");
    expect(ran("later")).toBe(true);
    expect(await asks(chat, "/cc trust no")).toContain("is not trusted any more");
    expect(await decisions()).not.toContainEqual(expect.objectContaining({ path }));
  });

  it("is moved to only with a word about it, and decided about by owners alone", async () => {
    const path = place("moved");
    repository(path);
    writeSettings(path, hooks({ SessionStart: mark("moved-start") }));
    const owner = bench.telegram.chat({ id: GROUP, from: { id: 503 } });
    const stranger = bench.telegram.chat({ id: GROUP, from: { id: 900 } });
    await mkdir(place("plain"));
    expect(await asks(owner, `/cc start ${place("plain")}`)).toContain("Claude is here now");
    expect(await asks(owner, `/cc restart ${path}`)).toMatch(
      /moved-start[\s\S]*Nothing was started\.\s+Say it again with --trust/,
    );
    expect(await asks(owner, "/cc workdir")).toBe(place("plain"));
    expect(await asks(owner, `/cc restart ${path} --without-settings`)).toContain(`New session in ${path}`);
    owner.says("hello");
    await owner.hears("Echo: hello");
    expect(ran("moved-start")).toBe(false);
    expect(await asks(stranger, "/cc trust")).toContain("moved-start");
    for (const words of [
      "/cc trust yes",
      `/cc trust add ${path} --yes`,
      "/cc trust list",
      "/cc restart --trust",
    ])
      expect(await asks(stranger, words)).toBe("Only an owner of this gateway may do that.");
    expect(await asks(owner, `/cc start ${path}`)).toContain("Claude is here already.");
  });

  it("gives a scratch directory nothing: what is written there is neither used nor asked about", async () => {
    const chat = bench.telegram.chat({ from: { id: 504 } });
    const scratch = /in (\S+)\. Write/.exec(await asks(chat, "/cc start --sandbox"))?.[1] ?? "";
    chat.says("hello");
    await chat.hears("Echo: hello");
    writeSettings(scratch, hooks({ UserPromptSubmit: mark("scratch"), SessionStart: mark("scratch") }));
    chat.says("again");
    await chat.hears("Echo: again");
    expect(ran("scratch")).toBe(false);
    expect(chat.texts().join("\n")).not.toContain(UNTRUSTED);
    expect(await asks(chat, "/cc trust")).toContain("is a scratch directory");
    await asks(chat, "/cc stop");
  });

  it("is worked in without them where nobody can be asked", async () => {
    writeSettings(bench.gateway.workspace("cc"), hooks({ UserPromptSubmit: mark("held") }));
    const told = await bench.gateway.cli(["agent", "--agent", "cc", "--message", "hello", "--json"]);
    expect(told.stdout).toContain("Echo: hello");
    expect(told.stdout).toContain(UNTRUSTED);
    expect(ran("held")).toBe(false);
  });
});

async function wholeAnswer(chat: { hears: (match: string | RegExp) => Promise<unknown>; texts(): string[] }) {
  await chat.hears(/They are not used\. \/cc trust yes/);
  return chat.texts().slice(-12).join("\n");
}
