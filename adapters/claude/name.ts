// What Claude Code is called.
import type { HarnessName } from "../harness.ts";

export const CLAUDE: HarnessName = { kind: "claude", name: "Claude", title: "Claude Code" };
