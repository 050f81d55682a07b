// A throwaway plugin with an echoing ACP backend, so that the bench can be proved without the product.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const manifest = {
  id: "bench",
  name: "Bench",
  description: "Echoes, to prove the test bench",
  activation: { onStartup: true },
  configSchema: { type: "object", additionalProperties: false, properties: {} },
};

const entry = `
import { definePluginEntry } from "openclaw/plugin-sdk/plugin-entry";
import { registerAcpRuntimeBackend, unregisterAcpRuntimeBackend, tryDispatchAcpReplyHook } from "openclaw/plugin-sdk/acp-runtime-backend";
async function* echo(text) {
  yield { type: "text_delta", text: "bench: " + text };
  yield { type: "done", status: "completed" };
}
const runtime = {
  ownerAwareSessions: 1,
  ensureSession: async (i) => ({ sessionKey: i.sessionKey, agentId: i.agentId, backend: "bench", runtimeSessionName: i.sessionKey, cwd: i.cwd }),
  runTurn: (i) => echo(i.text),
  cancel: async () => {},
  close: async () => {},
};
export default definePluginEntry({ id: "bench", name: "Bench", description: "echo", register(api) {
  api.registerService({ id: "bench",
    start() { registerAcpRuntimeBackend({ id: "bench", runtime, healthy: () => true }); },
    stop() { unregisterAcpRuntimeBackend("bench"); } });
  api.on("reply_dispatch", (event, ctx) => tryDispatchAcpReplyHook(event, ctx), { priority: 100 });
  api.registerGatewayMethod("bench.ping", ({ params, respond }) => respond(true, { pong: params }), { scope: "operator.read" });
} });
`;

/** Writes the plugin below `folder` and returns its own folder. */
export async function writeBenchPlugin(folder: string): Promise<string> {
  const at = join(folder, "bench-plugin");
  await mkdir(at, { recursive: true });
  await writeFile(join(at, "openclaw.plugin.json"), JSON.stringify(manifest));
  const extensions = { extensions: ["./index.js"] };
  await writeFile(
    join(at, "package.json"),
    JSON.stringify({ name: "bench", version: "0.0.1", type: "module", openclaw: extensions }),
  );
  await writeFile(join(at, "index.js"), entry);
  return at;
}
