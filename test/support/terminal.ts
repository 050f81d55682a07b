// Claude Code as somebody runs it in a terminal, beside ours.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { checkout } from "./checkout.ts";
import type { AdapterName } from "./engine.ts";

/** The Claude Code that this adapter brings along. */
export function claudeOf(adapter: AdapterName): string {
  const modules = join(checkout, "node_modules");
  const sdk = "@anthropic-ai/claude-agent-sdk";
  return adapter === "claude-agent-acp"
    ? join(modules, `${sdk}-${process.platform}-${process.arch}`, "claude")
    : join(modules, "@zed-industries/claude-code-acp/node_modules", sdk, "cli.js");
}

/** `claude -p <args>` in this directory; what it printed. */
export async function inTerminal(o: {
  adapter: AdapterName;
  env: Record<string, string>;
  cwd: string;
  args: string[];
}): Promise<string> {
  const file = claudeOf(o.adapter);
  const [command = "", ...args] = file.endsWith(".js") ? [process.execPath, file] : [file];
  const env = { PATH: process.env.PATH, HOME: o.cwd, ...o.env };
  const child = spawn(command, [...args, "-p", ...o.args], {
    cwd: o.cwd,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (data: Buffer) => {
    said += data.toString();
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`claude ended with ${code}: ${said}`);
  return said.trim();
}
