// Failures, as the host's ACP manager wants to hear of them: an error with one of its codes.
import { describe } from "../../common/failure.ts";

/** The host knows its own errors by `code` (isAcpRuntimeError), so a plain error that carries one is enough. */
export class BackendError extends Error {
  readonly code: string;

  constructor(code: "ACP_TURN_FAILED" | "ACP_INVALID_RUNTIME_OPTION", message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "AcpRuntimeError";
    this.code = code;
  }
}

/**
 * What `ensureSession` rejects with. Never ACP_SESSION_INIT_FAILED: at that code the host forgets the id to resume and
 * silently starts afresh (docs/host-notes.md#sessions-bindings-routing), which would lose the user's conversation.
 */
export function ensureError(error: unknown): BackendError {
  return new BackendError("ACP_INVALID_RUNTIME_OPTION", describe(error, "chat"), error);
}

export function controlError(error: unknown): BackendError {
  return new BackendError("ACP_TURN_FAILED", describe(error, "chat"), error);
}
