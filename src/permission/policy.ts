// What a permission profile decides by itself, before anybody is asked.
import type { PermissionProfile, ToolUse } from "../../adapters/harness.ts";

export type Policy = "allow" | "deny" | "ask";

const READS = new Set(["read", "search", "think"]);

/**
 * The harness asks only for what its own mode does not settle: what reaches us in acceptEdits is an edit it would not
 * make by itself (outside the folder, its own settings), and a read is one outside the folder. Both are for people.
 */
export function byProfile(profile: PermissionProfile, tool: ToolUse): Policy {
  switch (profile) {
    case "bypassPermissions":
      return "allow";
    case "plan":
      return tool.plan !== undefined || READS.has(tool.kind) ? "ask" : "deny";
    case "readOnly":
      return READS.has(tool.kind) ? "ask" : "deny";
    case "acceptEdits":
    case "ask":
      return "ask";
  }
}
