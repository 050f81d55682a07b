// The entry: registers the rooms with the host, nothing else.
import { definePluginEntry } from "openclaw/plugin-sdk/plugin-entry";
import { registerCli } from "./host/cli.ts";
import { shortDoctor } from "./wiring/doctor.ts";
import { registerGateway } from "./wiring/gateway.ts";
import { lentBy } from "./wiring/lent.ts";
import { allOperations } from "./wiring/operations.ts";

export default definePluginEntry({
  id: "contractor",
  name: "Contractor",
  description: "Claude Code, run from your chats: one persistent session per conversation.",
  register(api) {
    const operations = allOperations(api, lentBy(api));
    registerCli(api, operations);
    if (api.registrationMode === "full") registerGateway(api, shortDoctor(operations));
  },
});
