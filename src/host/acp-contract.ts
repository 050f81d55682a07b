// The host's ACP backend contract. `openclaw/plugin-sdk/acp-runtime-backend` ships without types; this is its one declaration
// (OpenClaw 2026.9.6, packages/acp-core/src/runtime/types).

export interface AcpHandle {
  sessionKey: string;
  agentId?: string;
  backend: string;
  runtimeSessionName: string;
  cwd?: string;
  backendSessionId?: string;
  agentSessionId?: string;
}

export interface AcpEnsureInput {
  sessionKey: string;
  agentId?: string;
  persistedHandle?: AcpHandle;
  /** Harness id as the user named it, lower-cased. */
  agent: string;
  mode: "persistent" | "oneshot";
  resumeSessionId?: string;
  model?: string;
  modelExplicit?: boolean;
  thinking?: string;
  thinkingExplicit?: boolean;
  cwd?: string;
}

export interface AcpTurnInput {
  handle: AcpHandle;
  text: string;
  /** `data` is base64. */
  attachments?: { mediaType: string; data: string }[];
  mode: "prompt" | "steer";
  requestId: string;
  signal?: AbortSignal;
  /** Puts a question before the people of the turn; the request must carry `sessionId` or `requestId`. */
  onElicitation?: (
    request: { mode: string; message: string; [key: string]: unknown },
    context: { requestId: string; signal: AbortSignal },
  ) => Promise<AcpElicitationAnswer>;
}

type AcpElicitationAnswer =
  | { action: "accept"; content?: Record<string, string | number | boolean | string[]> | null }
  | { action: "decline" | "cancel" };

export type AcpEvent =
  | { type: "text_delta"; text: string; stream?: "output" | "thought"; tag?: string }
  | { type: "status"; text: string; tag?: string; used?: number; size?: number }
  | {
      type: "tool_call";
      text: string;
      tag?: string;
      toolCallId?: string;
      status?: string;
      title?: string;
      kind?: string;
    }
  | { type: "done"; status?: "completed" | "cancelled"; stopReason?: string }
  | { type: "error"; message: string; code?: string; retryable?: boolean };

export type AcpTurnResult =
  | { status: "completed"; stopReason?: string }
  | { status: "cancelled"; stopReason?: string }
  | { status: "failed"; error: { message: string; code?: string; retryable?: boolean } };

export interface AcpTurn {
  readonly requestId: string;
  readonly promptStarted: Promise<void>;
  readonly events: AsyncIterable<AcpEvent>;
  readonly result: Promise<AcpTurnResult>;
  cancel(input?: { reason?: string }): Promise<void>;
  closeStream(input?: { reason?: string }): Promise<void>;
}

interface AcpConfigOption {
  id: string;
  category?: string | null;
  currentValue: string | boolean;
  options?: { value: string }[];
}

export interface AcpDoctorReport {
  ok: boolean;
  code?: string;
  message: string;
  installCommand?: string;
  details?: string[];
}

export interface AcpRuntime {
  readonly ownerAwareSessions: 1;
  ensureSession(input: AcpEnsureInput): Promise<AcpHandle>;
  startTurn(input: AcpTurnInput): AcpTurn;
  runTurn(input: AcpTurnInput): AsyncIterable<AcpEvent>;
  getCapabilities(input: { handle?: AcpHandle }): Promise<{ controls: string[]; configOptionKeys: string[] }>;
  getStatus(input: { handle: AcpHandle }): Promise<{
    summary: string;
    backendSessionId?: string;
    agentSessionId?: string;
    details: Record<string, unknown>;
  }>;
  setMode(input: { handle: AcpHandle; mode: string }): Promise<void>;
  setConfigOption(input: {
    handle: AcpHandle;
    key: string;
    value: string;
  }): Promise<{ configOptions: AcpConfigOption[] }>;
  doctor(): Promise<AcpDoctorReport>;
  prepareFreshSession(input: { sessionKey: string; agentId?: string }): Promise<void>;
  cancel(input: { handle: AcpHandle; reason?: string }): Promise<void>;
  close(input: { handle: AcpHandle; reason: string; discardPersistentState?: boolean }): Promise<void>;
}
