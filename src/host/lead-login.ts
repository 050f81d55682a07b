// What the operation `login` needs of this host: the harness's own program, and the terminal it is to have for a while.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { askLogin, loginWords } from "../../adapters/claude/login.ts";
import { type ClaudeProgram, findClaude } from "../../adapters/claude/program.ts";
import { HARNESS } from "../../adapters/kinds.ts";
import { Failure } from "../../common/failure.ts";
import type { LoginPorts } from "../operations/agents/login.ts";
import { currentSettings } from "./host-config.ts";
import { stateHome } from "./state-home.ts";

type Api = Pick<OpenClawPluginApi, "runtime">;

export function loginPorts(api: Api): LoginPorts {
  return {
    read: async (signal) => await askLogin(await programOf(api), signal),
    lead: async (way) => await lead(await programOf(api), loginWords(way)),
  };
}

async function programOf(api: Api): Promise<ClaudeProgram> {
  const settings = currentSettings(api).harness;
  if (settings.command) {
    throw new Failure({
      code: "refused",
      message: "The adapter is a program of your own (harness.command), which has its own login.",
      next: { say: `Log in the ${HARNESS.title} that it uses, where it runs.` },
    });
  }
  const found = await findClaude({ root: join(stateHome(api), "harness"), settings, env: process.env });
  if (found) return found;
  throw new Failure({
    code: "harness-missing",
    message: `There is no ${HARNESS.title} to log in.`,
    next: { run: "setup" },
  });
}

async function lead({ command, env }: ClaudeProgram, words: readonly string[]): Promise<number> {
  const [program = "", ...args] = [...command, ...words];
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new Failure({
      code: "refused",
      message: "A login needs a terminal, and this is none.",
      next: { say: "Run it in one (ssh -t …), or give the gateway ANTHROPIC_API_KEY." },
    });
  }
  const child = spawn(program, args, { env, stdio: "inherit" });
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 1;
}
