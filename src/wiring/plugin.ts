// The plugin proper, in a file of its own (scripts/build.ts): what the entry registers with the host.
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { shortDoctor } from "../backend/health-check.ts";
import { mountCommands } from "../host/cli-program.ts";
import { commandApi } from "../host/command-api.ts";
import { allOperations } from "./operations.ts";
import { mountInGateway } from "./service.ts";

type Commands = Omit<Parameters<typeof mountCommands>[0], "operations">;

/** The commands of the command line. Only mounts them: this runs for `--help` too, where nothing may be read or written. */
export async function registerCommands(api: OpenClawPluginApi, commands: Commands): Promise<void> {
  const light = await commandApi(api);
  mountCommands({ ...commands, operations: allOperations(light) });
}

/** Everything a gateway has of us; nothing runs before it starts our service. */
export function registerGateway(api: OpenClawPluginApi): void {
  mountInGateway(api, shortDoctor(allOperations(api)));
}
