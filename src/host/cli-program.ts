// Puts our operations into the host's command line: `openclaw contractor-agents <operation>`.
import type { Command } from "commander";
import type { Operation } from "../operations/define.ts";
import { mountCli } from "../surfaces/cli.ts";
import { processTerminal } from "./terminal.ts";
import { userPath } from "./user-path.ts";

export function mountCommands(o: {
  program: Command;
  name: string;
  description: string;
  operations: readonly Operation[];
}): void {
  mountCli({ ...o, resolvePath: userPath, terminal: processTerminal() });
}
