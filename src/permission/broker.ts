// The broker answers what the harness asks before it acts. It decides by profile alone; nobody is asked in the chat yet.
import type { PermissionProfile } from "../../adapters/harness.ts";
import type { PermissionAnswer, PermissionRequest } from "../../adapters/router.ts";
import { plain } from "./plain.ts";

export interface Decision {
  answer: PermissionAnswer;
  /** A sentence for the user, where something was refused. */
  notice?: string;
}

const READS = new Set(["read", "search", "think"]);
const EDITS = new Set(["edit"]);
const TITLE_WIDTH = 120;

/** Decides by the session's profile; the meaning of an option is its ACP `kind`, never its place or its id. */
export function decide(o: { profile: PermissionProfile; request: PermissionRequest }): Decision {
  const { profile, request } = o;
  const once = optionOf(request, "allow_once");
  if (once !== undefined && allows(profile, request.toolCall.kind ?? "other"))
    return { answer: select(once) };
  const reject = optionOf(request, "reject_once") ?? optionOf(request, "reject_always");
  return {
    answer: reject === undefined ? { outcome: { outcome: "cancelled" } } : select(reject),
    notice: refusal(profile, request),
  };
}

function allows(profile: PermissionProfile, kind: string): boolean {
  if (profile === "bypassPermissions") return true;
  if (READS.has(kind)) return true;
  return profile === "acceptEdits" && EDITS.has(kind);
}

function optionOf(request: PermissionRequest, kind: string): string | undefined {
  return request.options.find((option) => option.kind === kind)?.optionId;
}

function select(optionId: string): PermissionAnswer {
  return { outcome: { outcome: "selected", optionId } };
}

function refusal(profile: PermissionProfile, request: PermissionRequest): string {
  const what = plain(request.toolCall.title ?? "a tool", TITLE_WIDTH);
  if (profile === "readOnly" || profile === "plan")
    return `Refused (permissionMode is "${profile}"): ${what}`;
  return (
    `Refused, since I cannot ask you here yet: ${what}\n` +
    'To allow it, set permissionMode in plugins.entries.contractor.config to "acceptEdits" (files may be edited) ' +
    'or "bypassPermissions" (everything may run).'
  );
}
