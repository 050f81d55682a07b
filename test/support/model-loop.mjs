// A coding agent's loop without any protocol: asks the model, runs the tools it wants in a directory, and asks again.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/**
 * Goes on until the model wants no more tools, or the signal aborts; `messages` grows. `say` gets text as it comes,
 * `keep` is called when the messages have changed, and `may` says whether a tool runs and is told how it ended.
 */
export async function converse({ id, cwd, messages }, { signal, say, keep, may }) {
  for (;;) {
    keep();
    const said = await think({ id, messages, signal, say }).catch((error) => {
      if (!signal.aborted) throw error;
      return [];
    });
    if (said.length > 0) messages.push({ role: "assistant", content: said });
    keep();
    const uses = said.filter(({ type }) => type === "tool_use");
    if (signal.aborted || uses.length === 0) return;
    const results = [];
    for (const one of uses) {
      const run = () => use({ ...one, cwd, signal }).catch(String);
      results.push({ type: "tool_result", tool_use_id: one.id, content: await may(one, run) });
    }
    messages.push({ role: "user", content: results });
  }
}

// One request to the Messages API: the blocks of its answer.
async function think({ id, messages, signal, say }) {
  const user = { metadata: { user_id: `session_${id}` } };
  const body = JSON.stringify({
    model: "second",
    stream: true,
    messages,
    tools: [{ name: "Bash" }],
    ...user,
  });
  const url = `${process.env.ANTHROPIC_BASE_URL}/v1/messages`;
  const response = await fetch(url, { method: "POST", body, signal });
  const blocks = [];
  for await (const line of createInterface({ input: Readable.fromWeb(response.body) })) {
    const { type, index, content_block, delta } = line.startsWith("data: ") ? JSON.parse(line.slice(6)) : {};
    if (type === "content_block_start") blocks[index] = { ...content_block, json: "" };
    if (delta?.type === "input_json_delta") blocks[index].json += delta.partial_json;
    if (delta?.type !== "text_delta") continue;
    blocks[index].text += delta.text;
    say(delta.text);
  }
  return blocks.map(({ json, ...one }) =>
    one.type === "tool_use" ? { ...one, input: JSON.parse(json) } : one,
  );
}

async function use({ name, input, cwd, signal }) {
  if (name === "Read") return readFileSync(input.file_path, "utf8");
  if (name === "Write") return writeFileSync(input.file_path, input.content) ?? "written";
  const child = spawn("sh", ["-c", input.command], {
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  signal.addEventListener("abort", () => process.kill(-child.pid, "SIGKILL"));
  return (await child.stdout.setEncoding("utf8").toArray()).join("");
}
