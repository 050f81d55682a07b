// The messages of Claude Code's own SDK that its adapter passes on beside ACP, where it is asked to at `session/new`.

export const SDK_MESSAGE = "_claude/sdkMessage";

/** The adapter forwards these and no others. */
export const FORWARDED = [
  "api_retry",
  "session_state_changed",
  "background_tasks_changed",
  "compact_boundary",
  "init",
].map((subtype) => ({ type: "system", subtype }));
