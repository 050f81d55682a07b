// Puts our operations into the host's command line: `openclaw contractor-agents <operation>`.
import type { Command } from "commander";
import type { Operation } from "../operations/define.ts";
import { mountCli } from "../surfaces/cli.ts";
import { whileHostStarts } from "../surfaces/cli-heartbeat.ts";
import type { Terminal } from "../surfaces/terminal.ts";
import { processTerminal } from "./terminal.ts";
import { userPath } from "./user-path.ts";

export function mountCommands(o: {
  program: Command;
  name: string;
  description: string;
  operations: readonly Operation[];
}): void {
  const terminal = processTerminal();
  mountCli({ ...o, resolvePath: userPath, terminal, started: startTold(o.name, terminal) });
}

// For a person who looks on: a program that reads stderr takes what stands there for a complaint.
function startTold(name: string, terminal: Terminal): () => void {
  const watched = process.stderr.isTTY && process.argv.includes(name);
  return watched ? whileHostStarts(terminal, process.uptime() * 1_000) : () => {};
}
