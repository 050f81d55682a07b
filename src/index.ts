// The entry: tells the host what there is, and has the rest loaded where it is used. The host evaluates this file anew for
// every agent's workspace and every command line (docs/host-notes.md), the plugin proper only in a gateway and for our commands.

import { createRequire } from "node:module";
import { definePluginEntry } from "openclaw/plugin-sdk/plugin-entry";
import { HARNESS } from "../adapters/kinds.ts";
import { registerTools, type ToolSpec } from "./host/agent-tools.ts";

const command = {
  name: "contractor-agents",
  description: `Add, list and check agents whose work ${HARNESS.title} does`,
};

export default definePluginEntry({
  id: "contractor",
  name: "Contractor",
  description: `${HARNESS.title}, run from your chats: one persistent session per conversation.`,
  register(api) {
    api.registerCli(({ program }) => plugin().registerCommands(api, { program, ...command }), {
      descriptors: [{ ...command, hasSubcommands: true }],
    });
    if (WITH_TOOLS.has(api.registrationMode)) registerTools(api, tools());
    if (api.registrationMode === "full") plugin().registerGateway(api);
  },
});

// In each of these the host makes tools for its agents.
const WITH_TOOLS: ReadonlySet<string> = new Set(["full", "discovery", "tool-discovery"]);

function tools(): ToolSpec[] {
  return createRequire(import.meta.url)("./tools.json");
}

// Not `import()`: what a gateway registers later than this, the host refuses.
function plugin(): typeof import("./wiring/plugin.ts") {
  return createRequire(import.meta.url)("./plugin.js");
}
