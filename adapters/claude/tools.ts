// What Claude wants when it asks for permission, in plain words: which tool, on what, and what its own options mean.
import { z } from "zod";
import type { ToolUse } from "../harness.ts";
import type { PermissionRequest } from "../router.ts";

const meta = z.looseObject({ claudeCode: z.looseObject({ toolName: z.string().optional() }).optional() });
const named = z.looseObject({ name: z.string().optional(), _meta: meta.nullish() });
const rawInput = z.looseObject({
  command: z.string().optional(),
  description: z.string().optional(),
  file_path: z.string().optional(),
  notebook_path: z.string().optional(),
  path: z.string().optional(),
  url: z.string().optional(),
  query: z.string().optional(),
  plan: z.string().optional(),
  content: z.string().optional(),
  old_string: z.string().optional(),
  new_string: z.string().optional(),
});
type Input = z.infer<typeof rawInput>;

const textContent = z.array(
  z.looseObject({ content: z.looseObject({ text: z.string().optional() }).optional() }),
);

const KINDS: Record<string, string> = {
  Bash: "execute",
  Write: "edit",
  Edit: "edit",
  MultiEdit: "edit",
  NotebookEdit: "edit",
  Read: "read",
  Glob: "search",
  Grep: "search",
  WebFetch: "fetch",
  WebSearch: "fetch",
  ExitPlanMode: "switch_mode",
};

/** The harness's own name of a tool, from an update or a request of either adapter; undefined where it does not tell. */
export function toolName(toolCall: unknown): string | undefined {
  const read = named.safeParse(toolCall);
  if (!read.success) return undefined;
  return read.data._meta?.claudeCode?.toolName ?? read.data.name;
}

/** Reads a request; `known` is what earlier updates told of the same tool call (the older adapter's request is bare). */
export function readTool(
  request: PermissionRequest,
  known: { name?: string | undefined; kind: string; title: string } | undefined,
): ToolUse {
  const { toolCall } = request;
  const read = rawInput.safeParse(toolCall.rawInput ?? {});
  const input: Input = read.success ? read.data : {};
  const isPlan =
    input.plan !== undefined && request.options.some(({ optionId }) => /plan|acceptEdits/.test(optionId));
  const name = toolName(toolCall) ?? known?.name ?? (isPlan ? "ExitPlanMode" : (toolCall.title ?? "Tool"));
  const path = input.file_path ?? input.notebook_path ?? (name === "Bash" ? undefined : input.path);
  return {
    name,
    kind: KINDS[name] ?? toolCall.kind ?? known?.kind ?? "other",
    ...wording({ name, input, path, title: toolCall.title ?? known?.title ?? name, raw: toolCall.rawInput }),
    ...(input.command !== undefined && name === "Bash" ? { command: input.command } : {}),
    ...(path === undefined ? {} : { path }),
    ...(input.url === undefined ? {} : { url: input.url }),
    ...(name === "ExitPlanMode" ? { plan: input.plan ?? contentText(toolCall.content) } : {}),
  };
}

// Claude Code keeps the plan in a file and puts it into the input; a request without one may still show it as content.
function contentText(content: unknown): string {
  const read = textContent.safeParse(content ?? []);
  return read.success ? read.data.flatMap(({ content: inner }) => inner?.text ?? []).join("\n\n") : "";
}

function wording(o: { name: string; input: Input; path: string | undefined; title: string; raw: unknown }) {
  const { name, input, path, title } = o;
  if (name === "Bash" && input.command !== undefined)
    return { title: `Run: ${input.command}`, detail: input.command };
  if (path !== undefined && KINDS[name] === "edit")
    return { title: `${verb(name)} ${path}${size(input)}`, detail: change(path, input) };
  if (input.url !== undefined) return { title: `Fetch ${input.url}`, detail: input.url };
  if (input.query !== undefined) return { title: `Search the web: ${input.query}`, detail: input.query };
  if (path !== undefined) return { title: `Read ${path}`, detail: path };
  return { title: name === title ? name : `${name}: ${title}`, detail: asText(o.raw) };
}

function verb(name: string): string {
  return name === "Write" ? "Write" : "Edit";
}

function size({ content, old_string, new_string }: Input): string {
  const [added, removed] = [content ?? new_string, old_string].map((text) =>
    text === undefined ? 0 : text.split("\n").length,
  );
  return added || removed ? ` (+${added}${removed ? ` -${removed}` : ""})` : "";
}

function change(path: string, { content, old_string, new_string }: Input): string {
  const minus = old_string === undefined ? [] : old_string.split("\n").map((line) => `- ${line}`);
  const plus = (content ?? new_string ?? "").split("\n").map((line) => `+ ${line}`);
  return [path, ...minus, ...plus].join("\n");
}

function asText(raw: unknown): string {
  try {
    return JSON.stringify(raw ?? {});
  } catch {
    return "";
  }
}

const ACCEPT_EDITS = /accept.?edits/i;

/** The options of a plan exit, by what they lead to; "clear" variants would begin a new conversation and are left alone. */
export function planOptions(request: PermissionRequest): {
  approve?: string;
  approveEdits?: string;
  revise?: string;
} {
  const plain = request.options.filter(({ optionId }) => !/clear/i.test(optionId));
  const find = (matches: (option: (typeof plain)[number]) => boolean) => plain.find(matches)?.optionId;
  const approve =
    find(({ kind, optionId }) => kind === "allow_once" && !ACCEPT_EDITS.test(optionId)) ??
    find(({ optionId }) => /default$/.test(optionId));
  const approveEdits = find(({ kind, optionId }) => kind.startsWith("allow") && ACCEPT_EDITS.test(optionId));
  const revise = find(({ kind }) => kind.startsWith("reject"));
  return {
    ...(approve === undefined ? {} : { approve }),
    ...(approveEdits === undefined ? {} : { approveEdits }),
    ...(revise === undefined ? {} : { revise }),
  };
}

/**
 * The harness's own "always", where its meaning is told and kept by the harness: a single such option of the newer
 * adapter. The older one's opens every later Bash command (acp-adapters.md, 2), so there it is never chosen.
 */
export function alwaysOption(request: PermissionRequest): { optionId: string; name: string } | undefined {
  const always = request.options.filter(({ kind }) => kind === "allow_always");
  const [only] = always;
  return only && always.length === 1 && only.optionId !== "allow_always"
    ? { optionId: only.optionId, name: only.name }
    : undefined;
}
