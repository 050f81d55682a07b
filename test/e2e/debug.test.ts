// `/cc debug` and `doctor --bundle` on a real gateway: an archive that holds what it says, and nothing that was planted where it reads.
import { mkdirSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, type Bound, bound, startBench } from "../support/e2e.ts";
import { useTool } from "../support/model.ts";
import { asks } from "../support/talk.ts";
import { unpacked } from "../support/unpack.ts";

const KEY = "sk-ant-api03-PLANTEDaaaabbbb";
const PLANTED = {
  "an environment variable": "plantedenvironment",
  "a prompt": "plantedprompt",
  "an answer": "plantedanswer",
  "a tool's output": "plantedoutput",
  "a session's name": KEY,
  "somebody's address": "-4300123",
};
const ROOM = { id: -4_300_123 };
const frames = z.object({ frames: z.array(z.looseObject({ method: z.string(), direction: z.string() })) });

describe("an archive for a fault report", () => {
  let bench: Bench;
  let chat: Bound;
  beforeAll(async () => {
    bench = await startBench({
      owners: [501],
      config: AT_ONCE,
      pluginConfig: {
        permissionMode: "bypassPermissions",
        harness: { env: { PLANTED_NAME: PLANTED["an environment variable"] } },
      },
    });
    chat = await bound(bench, { ...ROOM, from: { id: 501, username: "ada" } });
    mkdirSync(join(bench.gateway.root, "out"));
    expect(await asks(chat, `remember ${PLANTED["a prompt"]}`)).toContain("OK");
    bench.model.will(
      useTool("Bash", { command: "printf 'planted%s' output" }, { saying: PLANTED["an answer"] }),
    );
    chat.says("look around");
    await chat.hears(/^Done: /);
    expect(await asks(chat, `/cc rename boat-${KEY}`)).toContain("is called");
  });
  afterAll(() => bench?.dispose());

  it("is written by the owner's /cc debug, and posted where that is asked for", async () => {
    const said = await asks(chat, "/cc debug");
    const file = /^Wrote (\S+\.tgz) \(/.exec(said)?.[1] ?? "";
    expect(said).toMatch(/\nIn it: versions, .*\d+ frames of 1 adapter, \d+ log lines?\.\nLeft out: /);
    expect(said).toMatch(/\nTo have it posted here: \/cc debug --send$/);
    expect(file.startsWith(join(bench.gateway.stateDir, "contractor", "bundles"))).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await holdsWhatItSays(file);
    chat.says("/cc debug --send");
    await chat.hears(/It is posted here\.$/);
    expect(chat.messages().some(({ file }) => file?.name.endsWith(".tgz"))).toBe(true);
  });

  it("is refused to somebody who is no owner", async () => {
    const before = await written();
    const other = bench.telegram.chat({ from: { id: 777, username: "eve" } });
    expect(await asks(other, "/cc debug")).toMatch(
      /Only an owner of this gateway may do that|not authorized/,
    );
    expect(await written()).toEqual(before);
    const scopes = ["operator.read", "operator.write", "operator.approvals"];
    await expect(bench.gateway.call("contractor.debug", {}, { scopes })).rejects.toThrow(/operator\.admin/);
  });

  it("is written by doctor --bundle, never over another file, with the gateway's part and without a gateway", {
    timeout: 240_000,
  }, async () => {
    const { gateway } = bench;
    const file = join(gateway.root, "out", "fault.tgz");
    const doctor = (...words: string[]) => gateway.cli(["contractor-agents", "doctor", "--bundle", ...words]);
    const first = await doctor(file);
    expect(first.stdout).toContain(`Wrote ${file} (`);
    await holdsWhatItSays(file);
    const again = await doctor(file);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining(`${file} is there already`)]);
    const talking = join(gateway.root, "out", "words.tgz");
    expect((await doctor(talking, "--with-text")).stdout).toContain(`Wrote ${talking} (`);
    const { raw } = await unpacked(await readFile(talking));
    expect(raw).toContain(PLANTED["a prompt"]);
    expect(raw).not.toContain("PLANTEDaaaabbbb");
    await gateway.stop();
    const alone = join(gateway.root, "out", "alone.tgz");
    expect((await doctor(alone)).stdout).toMatch(
      /frames, live sessions and log lines: the gateway could not/,
    );
    const { files } = await unpacked(await readFile(alone));
    expect([...files.keys()]).toEqual(expect.arrayContaining(["doctor.json", "session-maps/cc.json"]));
    expect(files.has("log.txt")).toBe(false);
  });

  async function holdsWhatItSays(file: string): Promise<void> {
    const { files, raw } = await unpacked(await readFile(file));
    for (const [where, planted] of Object.entries(PLANTED))
      expect([where, raw.includes(planted)]).toEqual([where, false]);
    const names = [...files.keys()];
    for (const name of names.slice(1)) expect(files.get("README.txt")).toContain(name);
    for (const name of names.filter((one) => one.endsWith(".json")))
      expect(() => JSON.parse(files.get(name) ?? ""), name).not.toThrow();
    expect(JSON.parse(files.get("versions.json") ?? "")).toMatchObject({
      plugin: "0.1.0",
      adapter: expect.stringContaining("claude-agent-acp"),
      claude: expect.stringMatching(/^\d/),
    });
    expect(files.get("settings.json")).toContain("PLANTED_NAME");
    expect(files.get("doctor.json")).toContain("A session opened and closed");
    expect(files.get("session-maps/cc.json")).toContain('"channel": "telegram"');
    const ring = frames.parse(
      JSON.parse(files.get(names.find((name) => name.startsWith("frames-")) ?? "") ?? ""),
    );
    const methods = ring.frames.map(({ direction, method }) => `${direction} ${method}`);
    for (const one of [
      "sent initialize",
      "received response",
      "sent session/prompt",
      "received session/update",
    ])
      expect(methods).toContain(one);
  }

  const written = () => readdir(join(bench.gateway.stateDir, "contractor", "bundles"));
});
