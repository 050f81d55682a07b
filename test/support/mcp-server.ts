// A tiny MCP server over stdio with one tool, `shout`: `node mcp-server.ts`. Plain JSON-RPC lines, no SDK.
import { createInterface } from "node:readline";

type Call = {
  id?: number | string;
  method: string;
  params?: { protocolVersion?: string; arguments?: { text?: string } };
};

const shout = {
  name: "shout",
  description: "Says it louder.",
  inputSchema: { type: "object", properties: { text: { type: "string" } } },
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const call = JSON.parse(line) as Call;
  if (call.id === undefined) return;
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: call.id, result: answer(call) })}\n`);
});

function answer({ method, params }: Call): object {
  if (method === "tools/list") return { tools: [shout] };
  if (method === "tools/call")
    return { content: [{ type: "text", text: String(params?.arguments?.text).toUpperCase() }] };
  if (method !== "initialize") return {};
  const { protocolVersion } = params ?? {};
  return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "tiny", version: "1.0.0" } };
}
