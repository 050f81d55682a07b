// `add`: the checks before anything is written, and everything taken back when a step fails.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "../../../common/failure.ts";
import { type AddPorts, addOperation } from "../../../src/operations/agents/add.ts";
import { nextSaying } from "../../support/failures.ts";
import { granted } from "../../support/granted.ts";
import { tempDir } from "../../support/poll.ts";

let folder: Awaited<ReturnType<typeof tempDir>>;
let done: string[];
const context = granted();

beforeEach(async () => {
  folder = await tempDir("add");
  done = [];
});
afterEach(() => folder.remove());

const ports = (over: Partial<AddPorts> = {}): AddPorts => ({
  facts: () => ({ agents: [{ id: "main", workspace: "/nowhere/main" }], backend: undefined }),
  resolvePath: (path) => path,
  createAgent: async ({ workspace, bind }) => {
    done.push("agent");
    await writeFile(join(workspace, "SOUL.md"), "soul");
    const bindings = bind === undefined ? [] : [bind];
    return { workspace, bindings, conflicts: [], undo: async () => void done.push("no agent") };
  },
  setRuntime: async () => {
    done.push("runtime");
    return async () => void done.push("no runtime");
  },
  sessionMap: () => ({ init: async () => void done.push("map"), read: async () => ({}) }),
  requireGround: async () => {},
  brings: async () => [],
  openMainSession: async () => ({ state: "ready" }),
  requireHarness: async () => "claude-agent-acp 0.101.0",
  ...over,
});
const add = (over: Partial<AddPorts>, given: Record<string, string> = {}) => {
  const operation = addOperation(ports(over));
  const workspace = join(folder.path, "a", "cc");
  return operation.run(
    operation.input.parse({ agentId: "cc", workspace, contractor: "claude", ...given }),
    context,
  );
};

describe("a new contractor agent", () => {
  it("is made in order, and the next line to type is told", async () => {
    const made = await add({});
    expect(done).toEqual(["agent", "runtime", "map"]);
    expect(made.next).toBe(`/cc start ${join(folder.path, "a", "cc")}`);
    expect(addOperation(ports()).text(made)).toContain(`\n  ${made.next}`);
  });

  it("whose folder brings settings of its own says so, and how they are used", async () => {
    const made = await add({ brings: async () => ["• `.mcp.json` starts an MCP server: `id`"] });
    expect(addOperation(ports()).text(made)).toContain(
      `brings settings of its own, which are not used:\n• \`.mcp.json\` starts an MCP server: \`id\`\nTo use them: openclaw contractor-agents trust add ${made.cwd}`,
    );
  });

  it("with a channel of its own is just written to", async () => {
    const made = await add({}, { bind: "telegram:second", model: "opus" });
    expect(done).toEqual(["agent", "runtime", "map"]);
    expect(made).toMatchObject({
      cwd: join(folder.path, "a", "cc"),
      bindings: ["telegram:second"],
      model: "opus",
    });
    expect(made.next).toBeUndefined();
    expect(addOperation(ports()).text(made)).toContain("Now write to it there");
  });

  it("that works elsewhere is started there, also where the path has a space", async () => {
    expect((await add({}, { cwd: folder.path })).next).toBe(`/cc start ${folder.path}`);
    const spaced = join(folder.path, "the shop");
    await mkdir(spaced);
    const made = await add({}, { cwd: spaced, workspace: join(folder.path, "b") });
    expect(made.next).toBe(`/cc start "${spaced}"`);
  });

  it("beside another one of ours is named in the line to type", async () => {
    const ada = { id: "ada", workspace: "/nowhere/ada", contractor: {} };
    const made = await add({ facts: () => ({ agents: [ada], backend: undefined }) });
    expect(made.next).toBe(`/cc start --agent cc ${made.cwd}`);
  });

  it("stays when only its main session could not be opened yet", async () => {
    const made = await add({ openMainSession: () => Promise.reject(new Error("busy")) });
    expect(made.mainSession).toEqual({ state: "pending", detail: "Error: busy" });
    expect(addOperation(ports()).text(made)).toContain(
      "becomes Claude's when the gateway starts (Error: busy)",
    );
  });
});

describe("nothing is written", () => {
  const refused: [string, Record<string, string>, Partial<AddPorts>, RegExp][] = [
    ["gemini", { contractor: "gemini" }, {}, /"gemini" is not supported yet/],
    ["an id with capitals", { agentId: "CC" }, {}, /"CC" is not a valid agent id/],
    ["an id with a dot", { agentId: "c.c" }, {}, /not a valid agent id/],
    ["an existing agent", { agentId: "main" }, {}, /"main" exists already/],
    ["a folder that is another agent's", { workspace: "/nowhere/main" }, {}, /belongs to the agent "main"/],
    ["a cwd that is not there", { cwd: "/nowhere/at/all" }, {}, /does not exist/],
    ["a cwd that is a file", { cwd: "/etc/hostname" }, {}, /is not a folder/],
    ["a workspace that is a file", { workspace: "/etc/hostname" }, {}, /is a file/],
    ["a workspace below a file", { workspace: "/etc/hostname/x" }, {}, /because \/etc\/hostname is a file/],
    [
      "another backend",
      {},
      { facts: () => ({ agents: [], backend: "acpx" }) },
      /acp.backend is set to "acpx"/,
    ],
  ];

  it.each(refused)("for %s", async (_, given, over, sentence) => {
    const failure = await add(over, given).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ message: expect.stringMatching(sentence), next: nextSaying(/./) });
    expect(done).toEqual([]);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("for a workspace whose session map belongs to another agent", async () => {
    const contractor = {
      agentId: "other",
      kind: "claude",
      backend: "contractor",
      mode: "persistent",
      createdAt: "",
    } as const;
    const sessionMap = () => ({ init: async () => {}, read: async () => ({ contractor }) });
    await expect(add({ sessionMap })).rejects.toThrow('belongs to the agent "other"');
  });

  it("when the harness cannot be installed", async () => {
    const requireHarness = () => Promise.reject(new Failure({ code: "harness-missing", message: "No npm." }));
    await expect(add({ requireHarness })).rejects.toThrow("No npm.");
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("below /proc, where a recursive mkdir would never end", async () => {
    await expect(add({}, { workspace: "/proc/contractor/cc" })).rejects.toThrow(/cannot be made/);
  });
});

describe("a step that fails takes the earlier ones back", () => {
  const broken = {
    sessionMap: () => ({ init: () => Promise.reject(new Error("disk full")), read: async () => ({}) }),
  };

  it("with the folders that were made", async () => {
    await expect(add(broken)).rejects.toThrow("disk full.");
    expect(done).toEqual(["agent", "runtime", "no runtime", "no agent"]);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("but leaves a folder that was there, and names what the host put into it", async () => {
    const workspace = join(folder.path, "mine");
    await mkdir(workspace);
    await writeFile(join(workspace, "notes.txt"), "mine");
    await expect(add(broken, { workspace })).rejects.toThrow(
      /Still there, remove by hand: files in .*mine \(SOUL\.md\)/,
    );
    expect((await readdir(workspace)).sort()).toEqual(["SOUL.md", "notes.txt"]);
  });

  it("empties a folder that was empty", async () => {
    await mkdir(join(folder.path, "empty"));
    await expect(add(broken, { workspace: join(folder.path, "empty") })).rejects.toThrow("disk full.");
    expect(await readdir(join(folder.path, "empty"))).toEqual([]);
  });

  it("when the channel belongs to another agent", async () => {
    const createAgent: AddPorts["createAgent"] = async (agent) => ({
      workspace: agent.workspace,
      bindings: [],
      conflicts: ["telegram (agent=main)"],
      undo: async () => void done.push("no agent"),
    });
    await expect(add({ createAgent }, { bind: "telegram" })).rejects.toThrow("telegram (agent=main)");
    expect(done).toEqual(["no agent"]);
  });

  it("names what could not be taken back", async () => {
    const setRuntime: AddPorts["setRuntime"] = async () => () => Promise.reject(new Error("locked"));
    await expect(add({ ...broken, setRuntime })).rejects.toThrow(
      /disk full\. Still there, remove by hand: acp\.backend .*locked/,
    );
  });
});
