// The gateway's own ground: no session works there, Claude neither reads nor writes it in any profile, and a forged map moves nobody.
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASKED, AT_ONCE, run, workbench } from "../support/approvals.ts";
import { type Bench, type Bound, bound, entryOf, startBench } from "../support/e2e.ts";
import { useTool } from "../support/model.ts";
import { until } from "../support/poll.ts";

const OWNER = 501;

describe("the gateway's own ground", () => {
  let bench: Bench;
  let chat: Bound;
  beforeAll(async () => {
    bench = await startBench({ owners: [OWNER, 502], config: AT_ONCE });
    chat = await bound(bench, { from: { id: OWNER, username: "ada" } });
  });
  afterAll(() => bench?.dispose());
  const { file, told } = workbench(() => bench);
  const state = (...names: string[]) => join(bench.gateway.stateDir, ...names);
  const does = async (tool: ReturnType<typeof run>) => {
    bench.model.will(tool);
    chat.says("go on");
    return (await chat.hears((message) => /^Done:/.test(message.text) || ASKED.test(message.text))).text;
  };

  it("is no place to start in, whatever it is called; what reaches far is asked back", async () => {
    const other = bench.telegram.chat({ from: { id: 502, username: "bob" } });
    await symlink(bench.gateway.stateDir, join(bench.gateway.root, "innocent"));
    await mkdir(state("contractor", "rules"), { recursive: true });
    for (const path of [
      bench.gateway.stateDir,
      state("contractor"),
      state("agents"),
      bench.gateway.root,
      join(bench.gateway.root, "innocent"),
      `${bench.gateway.workspace("cc")}/../../state`,
      bench.model.env().CLAUDE_CONFIG_DIR ?? "",
    ]) {
      other.says(`/cc start ${path}`);
      await other.hears("holds, or lies in, what decides what may be done here");
    }
    for (const path of ["/", "/etc", "/proc/self"]) {
      other.says(`/cc start ${path}`);
      await other.hears(/is (?:the whole machine|a folder of the system).*--anyway/s);
    }
    chat.says(`/cc restart ${bench.gateway.stateDir}`);
    await chat.hears("holds, or lies in, what decides what may be done here");
    await expect(
      bench.gateway.call("contractor.restart", { cwd: state("contractor"), session: chat.sessionKey }),
    ).rejects.toThrow(/what decides/);
  });

  it.each(["ask", "acceptEdits", "plan", "readOnly"])("is closed to Claude in %s", async (mode) => {
    chat.says(`/cc mode ${mode}`);
    await chat.hears(`mode: ${mode}`);
    const token = bench.gateway.token;
    for (const tool of [
      useTool("Read", { file_path: state("openclaw.json") }),
      run(`cat ${state("openclaw.json")}`),
      useTool("Read", { file_path: file(".openclaw/contractor-agent/session-map.json") }),
      useTool("Write", { file_path: state("contractor", "rules", "zz.json"), content: "{}" }),
      useTool("Write", { file_path: state("openclaw.json"), content: "{}" }),
    ]) {
      const text = await does(tool);
      if (ASKED.test(text)) {
        chat.says("/cc cancel");
        await chat.hears(/Stopped/);
      }
      expect(text).not.toContain(token);
    }
    expect(told(token)).toBe(false);
    expect(bench.model.requests().some(({ body }) => JSON.stringify(body).includes(token))).toBe(false);
    expect(await readFile(state("openclaw.json"), "utf8")).toContain(token);
    await expect(readFile(state("contractor", "rules", "zz.json"))).rejects.toThrow();
  });

  it("cannot be left by a map that was put in the workspace, and its loss loses no session", async () => {
    chat.says("/cc mode acceptEdits");
    await chat.hears("mode: acceptEdits");
    bench.model.will(run("mv .openclaw m2"));
    chat.says("move it");
    const moved = await chat.hears((message) => /^Done:/.test(message.text) || ASKED.test(message.text));
    if (ASKED.test(moved.text)) {
      chat.says("n");
      await chat.hears("Done:");
    }
    const map = file(".openclaw/contractor-agent/session-map.json");
    await until("the copy to be there", async () => (await readFile(map, "utf8")).includes(chat.sessionKey));
    expect(await readFile(map, "utf8")).not.toContain('"route"');
    const forged = (await readFile(map, "utf8")).replaceAll(bench.gateway.workspace("cc"), "/root");
    await writeFile(map, forged);
    chat.says("/cc new");
    await chat.hears("New session");
    chat.says("/cc workdir");
    await chat.hears(bench.gateway.workspace("cc"));
    chat.says("remember limes");
    await chat.hears("OK, limes.");
    await rm(file(".openclaw"), { recursive: true, force: true });
    await bench.gateway.kill();
    await bench.gateway.start();
    chat.says("what do you remember");
    await chat.hears("I remember limes.");
    chat.says("/cc rename found again");
    await chat.hears("called found again");
    await until("the copy to be there again", () => entryOf(bench.gateway, chat).catch(() => undefined));
  });

  it("sends no record of its own into a chat", async () => {
    chat.says("/cc send .openclaw/contractor-agent/session-map.json");
    await chat.hears(/not a file I may send/);
  });
});
