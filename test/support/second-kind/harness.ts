// A second kind of harness, for tests: an agent that is not Claude Code, has its own tools and transcripts, and speaks plain ACP.
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { openSession, releaseSession, setSessionMode } from "../../../adapters/acp/sessions.ts";
import type { Harness, PermissionProfile } from "../../../adapters/harness.ts";
import { Failure } from "../../../common/failure.ts";

export const SECOND = "second-agent";
const AGENT = fileURLToPath(new URL("./agent.mjs", import.meta.url));
const MODES = ["default", "acceptEdits", "plan", "bypassPermissions"];
const PROFILES: PermissionProfile[] = ["ask", "acceptEdits", "plan", "bypassPermissions"];
const rawInput = z.looseObject({ command: z.string().optional(), file_path: z.string().optional() });

/** What it can do is what every harness must, and `/clear`; it has no other capability. */
export function secondHarness(o: { cwd: string; env?: Record<string, string> | undefined }): Harness {
  return {
    ...{ kind: SECOND, name: "Second", title: "Second Agent" },
    folders: () => [],
    launch: async () => ({
      ...{ command: process.execPath, args: [AGENT], cwd: o.cwd },
      env: { PATH: process.env.PATH ?? "", ...o.env },
    }),
    open: (connection, request) => openSession(connection, request),
    release: releaseSession,
    setMode: setSessionMode,
    modes: {
      of: (profile) => MODES[PROFILES.indexOf(profile)] ?? "default",
      profileOf: (mode) => PROFILES[MODES.indexOf(mode)],
      skipsApprovals: (mode) => mode === "bypassPermissions" || mode === "auto",
    },
    readTool: ({ toolCall }) => {
      const { command, file_path: path } = rawInput.parse(toolCall.rawInput);
      const title = toolCall.title ?? "a tool";
      const about = { ...(command ? { command } : {}), ...(path ? { path } : {}) };
      return { name: title, kind: toolCall.kind ?? "other", title, detail: command ?? path ?? "", ...about };
    },
    failure: (error) =>
      error instanceof Failure ? error : new Failure({ code: "provider-error", message: String(error) }),
    commands: { isReset: (text) => text === "/clear", chatReplacementFor: () => undefined },
  };
}
