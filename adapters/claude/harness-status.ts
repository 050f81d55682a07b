// What Claude Code tells of its life beside ACP: when it works, also when nobody asked it to, what it has in the background,
// and whether its MCP servers are there.
import { z } from "zod";
import type { HarnessStatus } from "../harness.ts";
import { SDK_MESSAGE } from "./sdk-messages.ts";

const state = z.looseObject({
  type: z.literal("system"),
  subtype: z.literal("session_state_changed"),
  state: z.enum(["running", "requires_action", "idle"]),
});
const tasks = z.looseObject({
  type: z.literal("system"),
  subtype: z.literal("background_tasks_changed"),
  // Ambient ones are Claude Code's own housekeeping.
  tasks: z.array(
    z.looseObject({
      description: z.string().default(""),
      task_type: z.string().optional(),
      ambient: z.boolean().optional(),
    }),
  ),
});
const init = z.looseObject({
  type: z.literal("system"),
  subtype: z.literal("init"),
  mcp_servers: z.array(z.looseObject({ name: z.string(), status: z.string() })),
});
const told = z.looseObject({ message: z.union([state, tasks, init]) });
const usage = z.looseObject({ _meta: z.looseObject({ "_claude/model": z.string() }) });

/** Undefined for any other message; the older adapter forwards none. */
export function parseStatus(method: string, params: unknown): HarnessStatus | undefined {
  const read = method === SDK_MESSAGE ? told.safeParse(params) : undefined;
  if (!read?.success) return undefined;
  const { message } = read.data;
  if (message.subtype === "session_state_changed") return { works: message.state !== "idle" };
  if (message.subtype === "init")
    return { servers: message.mcp_servers.map(({ name, status }) => ({ name, status })) };
  const running = message.tasks.filter((task) => !task.ambient);
  return {
    inBackground: running.map(({ description, task_type }) =>
      task_type === "local_agent" ? `sub-agent: ${description}` : description,
    ),
  };
}

/** The model behind a `usage_update`. */
export function modelIn(update: unknown): string | undefined {
  const read = usage.safeParse(update);
  return read.success ? read.data._meta["_claude/model"] : undefined;
}
