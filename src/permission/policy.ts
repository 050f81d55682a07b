// What a permission profile decides by itself, before anybody is asked.
import type { PermissionProfile, ToolUse } from "../../adapters/harness.ts";

export type Policy = "allow" | "deny" | "ask";

const READS = new Set(["read", "search", "think"]);

/** The harness asks only for what its own mode does not settle; this holds even where its mode is not what we set. */
export function byProfile(profile: PermissionProfile, tool: ToolUse): Policy {
  switch (profile) {
    case "bypassPermissions":
      return "allow";
    case "readOnly":
      return READS.has(tool.kind) ? "allow" : "deny";
    case "plan":
      if (tool.plan !== undefined) return "ask";
      return READS.has(tool.kind) ? "allow" : "deny";
    case "acceptEdits":
      return tool.kind === "edit" ? "allow" : "ask";
    case "ask":
      return "ask";
  }
}
