// What Claude wants when it asks for permission, in plain words: which tool, on what, and what its own options mean.
import { z } from "zod";
import type { ToolUse } from "../harness.ts";
import type { PermissionRequest } from "../router.ts";

const meta = z.looseObject({
  claudeCode: z
    .looseObject({ toolName: z.string().optional(), parentToolUseId: z.string().nullish() })
    .optional(),
});
const named = z.looseObject({ name: z.string().optional(), _meta: meta.nullish() });
const rawInput = z.looseObject({
  command: z.string().optional(),
  description: z.string().optional(),
  file_path: z.string().optional(),
  path: z.string().optional(),
  url: z.string().optional(),
  query: z.string().optional(),
  plan: z.string().optional(),
  content: z.string().optional(),
  old_string: z.string().optional(),
  new_string: z.string().optional(),
  replace_all: z.boolean().optional(),
  pattern: z.string().optional(),
  run_in_background: z.boolean().optional(),
  dangerouslyDisableSandbox: z.boolean().optional(),
});
type Input = z.infer<typeof rawInput>;

const textContent = z.array(
  z.looseObject({ content: z.looseObject({ text: z.string().optional() }).optional() }),
);

// Another tool to us: a rule for the one is none for the other.
const UNBOXED = "Bash outside the sandbox";
// A title names what is wanted; all of it is in the detail.
const TITLE_UNITS = 1_000;
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

/** The id of the tool call whose sub-agent made this one; undefined where the model itself did. */
export function parentOf(toolCall: unknown): string | undefined {
  const read = named.safeParse(toolCall);
  return (read.success && read.data._meta?.claudeCode?.parentToolUseId) || undefined;
}

/** True for the tool that starts a sub-agent; the older one has the first name. */
export function isSubagent(tool: string): boolean {
  return tool === "Task" || tool === "Agent";
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
  return {
    name: name === "Bash" && input.dangerouslyDisableSandbox ? UNBOXED : name,
    kind: KINDS[name] ?? toolCall.kind ?? known?.kind ?? "other",
    ...(use(name, input) ?? {
      title: name === title(request, known, name) ? name : `${name}: ${title(request, known, name)}`,
      detail: asText(toolCall.rawInput),
    }),
    ...(name === "ExitPlanMode" ? { plan: input.plan || contentText(toolCall.content) } : {}),
  };
}

function title({ toolCall }: PermissionRequest, known: { title: string } | undefined, name: string): string {
  return (toolCall.title ?? known?.title ?? name).slice(0, TITLE_UNITS);
}

// Claude Code keeps the plan in a file and puts it into the input; a request without one may still show it as content.
function contentText(content: unknown): string {
  const read = textContent.safeParse(content ?? []);
  return read.success ? read.data.flatMap(({ content: inner }) => inner?.text ?? []).join("\n\n") : "";
}

type Use = Pick<ToolUse, "title" | "detail" | "command" | "path" | "url" | "change">;

// Only for tools whose input we know: another one with a `url` or a `path` may do anything with what else it is given.
function use(name: string, input: Input): Use | undefined {
  const { command, url, query, pattern } = input;
  const path = input.file_path ?? input.path;
  if (name === "Bash" && command !== undefined) {
    const how = `${input.dangerouslyDisableSandbox ? " outside the sandbox" : ""}${input.run_in_background ? " in the background" : ""}`;
    return { title: `Run${how}: ${command.slice(0, TITLE_UNITS)}`, detail: command, command };
  }
  if (name === "WebFetch" && url !== undefined)
    return { title: `Fetch ${url.slice(0, TITLE_UNITS)}`, detail: url, url };
  if (name === "WebSearch" && query !== undefined)
    return { title: `Search the web: ${query.slice(0, TITLE_UNITS)}`, detail: query };
  if (path === undefined) return undefined;
  const titled = (verb: string) => `${verb} ${path.slice(0, TITLE_UNITS)}`;
  if (name === "Write" && input.content !== undefined)
    return { title: titled("Write"), detail: path, path, change: { after: input.content } };
  if (name === "Edit" && input.old_string !== undefined && input.new_string !== undefined) {
    const { old_string: before, new_string: after, replace_all: everywhere = false } = input;
    return { title: titled("Edit"), detail: path, path, change: { before, after, everywhere } };
  }
  const kind = KINDS[name];
  if (kind !== "read" && kind !== "search") return undefined;
  const looked = pattern === undefined ? path : `${path}\n${pattern}`;
  return { title: titled("Read"), detail: looked, path };
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
