// I16 (docs/architecture.md) on the wire of the real adapters, each run by a program of the user's own: whatever mode one starts
// in, no prompt leaves in another than the chosen one.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { ask, BOTH, startEngine } from "../../support/engine.ts";
import { startModel } from "../../support/model.ts";
import { tempDir } from "../../support/poll.ts";

const ENTRIES = {
  "claude-agent-acp": "@agentclientprotocol/claude-agent-acp/dist/index.js",
  "claude-code-acp": "@zed-industries/claude-code-acp/dist/index.js",
};
// Runs the adapter, and writes down what passes between it and us.
const TEE = `import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
const [entry, file] = process.argv.slice(2);
const child = spawn(process.execPath, [entry], { stdio: ["pipe", "pipe", "inherit"] });
const pass = (from, to, direction) => {
  let rest = "";
  from.on("data", (data) => {
    to.write(data);
    const lines = (rest + data).split("\\n");
    rest = lines.pop();
    for (const line of lines) if (line) appendFileSync(file, JSON.stringify([direction, JSON.parse(line)]) + "\\n");
  });
  from.on("end", () => to.end());
};
pass(process.stdin, child.stdin, "sent");
pass(child.stdout, process.stdout, "received");
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
`;

const frame = z.tuple([
  z.enum(["sent", "received"]),
  z.looseObject({
    method: z.string().optional(),
    params: z
      .looseObject({
        modeId: z.string().optional(),
        update: z.looseObject({ currentModeId: z.string().optional() }).optional(),
      })
      .optional(),
    result: z
      .looseObject({ modes: z.looseObject({ currentModeId: z.string() }).optional() })
      .nullish()
      .catch(undefined),
  }),
]);

/** The mode the session is in at each prompt that leaves, and the one it was opened in. */
async function modesAtPrompts(
  file: string,
): Promise<{ opened: string | undefined; prompts: (string | undefined)[] }> {
  const lines = (await readFile(file, "utf8")).split("\n").filter(Boolean);
  let mode: string | undefined;
  let opened: string | undefined;
  const prompts: (string | undefined)[] = [];
  for (const line of lines) {
    const [direction, { method, params, result }] = frame.parse(JSON.parse(line));
    if (direction === "received") {
      opened ??= result?.modes?.currentModeId;
      mode = result?.modes?.currentModeId ?? params?.update?.currentModeId ?? mode;
    } else if (method === "session/set_mode") mode = params?.modeId;
    else if (method === "session/prompt") prompts.push(mode);
  }
  return { opened, prompts };
}

describe.each(BOTH)("through %s as a command of one's own", (adapter) => {
  test.each([
    ["ask", "default"],
    ["acceptEdits", "acceptEdits"],
    ["plan", "plan"],
    ["readOnly", "default"],
  ] as const)(
    "every prompt leaves in the mode of %s: at first, behind a reset, and resumed",
    async (profile, mode) => {
      const model = await startModel();
      onTestFinished(() => model.close());
      await using folder = await tempDir("tee");
      const [tee, file] = [join(folder.path, "tee.mjs"), join(folder.path, "frames")];
      await writeFile(tee, TEE);
      const entry = join(process.cwd(), "node_modules", ENTRIES[adapter]);
      const command = [process.execPath, tee, entry, file] as const;
      const engine = await startEngine({ adapter, command, env: model.env(), profile });
      const session = engine.session();
      await ask(session, "remember fig");
      await session.reset("reset");
      await ask(session, "remember plum");
      await session.park();
      expect((await ask(session, "what do you remember")).text).toBe("I remember plum.");
      await engine.dispose();
      const { opened, prompts } = await modesAtPrompts(file);
      expect(prompts).toEqual([mode, mode, mode]);
      // It is no mode of its own that this finds: the newer one begins in one where nobody is asked.
      if (adapter === "claude-agent-acp") expect(opened).toBe("auto");
    },
  );
});
