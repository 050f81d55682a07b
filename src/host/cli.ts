// Puts our operations into the host's command line: `openclaw contractor-agents <operation>`.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import type { Operation } from "../operations/define.ts";
import { mountCli } from "../surfaces/cli.ts";
import { processTerminal } from "./terminal.ts";
import { userPath } from "./user-path.ts";

const name = "contractor-agents";
const description = "Add, list and check agents whose work Claude Code does";

/** Only registers: the host also loads the plugin for `--help`, where nothing may be read or written. */
export function registerCli(
  api: Pick<OpenClawPluginApi, "registerCli">,
  operations: readonly Operation[],
): void {
  api.registerCli(
    ({ program }) =>
      mountCli({
        ...{ program, name, description, operations, resolvePath: userPath },
        terminal: processTerminal(),
      }),
    {
      descriptors: [{ name, description, hasSubcommands: true }],
    },
  );
}
