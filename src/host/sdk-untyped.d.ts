// Types of the SDK subpaths OpenClaw ships without any (docs/host-notes.md#install-and-load): only what src/host uses.

declare module "openclaw/plugin-sdk/file-lock" {
  /** dist/file-lock-*.mjs; `stale` in ms: a lock whose owner is dead or that is older may be taken over. */
  export function withFileLock<T>(
    file: string,
    options: {
      stale: number;
      retries: {
        retries: number;
        factor: number;
        minTimeout: number;
        maxTimeout: number;
        randomize?: boolean;
      };
    },
    task: () => Promise<T>,
  ): Promise<T>;
}

declare module "openclaw/plugin-sdk/acp-runtime" {
  type Session = { cfg: object; sessionKey: string; agentId: string };
  /** dist/manager-*.mjs: creates the session row when it is missing, calls the backend's `ensureSession`. */
  export function getAcpSessionManager(): {
    initializeSession(
      o: Session & {
        agent: string;
        mode: "persistent";
        backendId: string;
        cwd?: string | undefined;
        runtimeOptions?: { model?: string };
      },
    ): Promise<unknown>;
    /** Pure look-up; `meta.agent` is the harness id the session was made with. */
    resolveSession(o: {
      cfg: object;
      sessionKey: string;
      agentId?: string | undefined;
    }):
      | { kind: "none" }
      | { kind: "stale"; sessionKey: string; agentId: string }
      | { kind: "ready"; sessionKey: string; agentId: string; meta: { backend: string; agent: string } };
  };
  export function readAcpSessionEntry(o: Session): { acp?: { backend: string; agent: string } } | null;
}

declare module "openclaw/plugin-sdk/acp-runtime-backend" {
  export function registerAcpRuntimeBackend(backend: {
    id: string;
    runtime: import("./acp-contract.ts").AcpRuntime;
    healthy?: () => boolean;
  }): void;
  export function unregisterAcpRuntimeBackend(id: string): void;
  /** The host's own dispatch of an ACP message: its gates, its texts, a held turn. */
  export function tryDispatchAcpReplyHook(
    event: unknown,
    context: unknown,
  ): Promise<undefined | ReplyDispatchResult>;
  export type ReplyDispatchResult = {
    handled: boolean;
    queuedFinal: boolean;
    counts: Record<"tool" | "block" | "final", number>;
  };
}

declare module "openclaw/plugin-sdk/session-transcript-runtime" {
  /** `sessionId` is the host's own id of the session row; the calls are refused when the row has another by now. */
  type Scope = { agentId: string; sessionKey: string; sessionId: string; config: object };
  type Text = { type: "text"; text: string };
  export type TranscriptMessage =
    | { role: "user"; content: string; timestamp: number; idempotencyKey: string }
    | {
        role: "assistant";
        content: (Text | { type: "toolCall"; id: string; name: string; arguments: object })[];
        api: string;
        provider: string;
        model: string;
        usage: object;
        stopReason: "stop" | "toolUse" | "error";
        timestamp: number;
      }
    | {
        role: "toolResult";
        toolCallId: string;
        toolName: string;
        content: Text[];
        isError: boolean;
        timestamp: number;
      };
  /** dist/session-transcript-runtime-*.mjs: appends once per idempotency key. */
  export function appendAssistantMirrorMessageByIdentity(
    o: Scope & { text: string; idempotencyKey: string },
  ): Promise<{ ok: true; messageId: string } | { ok: false; reason: string }>;
  /** The same file; `updateMode: "inline"` hands the message to the open pages of the session. */
  export function appendSessionTranscriptMessageByIdentityStrict(
    o: Scope & { message: TranscriptMessage; idempotencyLookup?: "scan"; updateMode: "inline" },
  ): Promise<{ kind: "result" } | { kind: "suppressed" } | { kind: "rejected"; reason: string }>;
}

declare module "openclaw/plugin-sdk/conversation-binding-runtime" {
  type Conversation = {
    channel: string;
    accountId: string;
    conversationId: string;
    parentConversationId?: string;
  };
  type Binding = {
    bindingId: string;
    targetSessionKey: string;
    targetKind: "session" | "subagent";
    conversation: Conversation;
    status: string;
    metadata?: Record<string, unknown>;
  };
  export function getSessionBindingService(): {
    listBySession(targetSessionKey: string): Binding[];
    resolveByConversation(ref: Conversation): Binding | null;
    unbind(o: { bindingId: string; reason: string }): Promise<Binding[]>;
    bind(o: Omit<Binding, "bindingId" | "status"> & { placement: "current" }): Promise<Binding>;
  };
}

declare module "openclaw/plugin-sdk/gateway-config-runtime" {
  /** dist/paths-*.mjs: OPENCLAW_GATEWAY_PORT, the setting, or the profile's own. */
  export function resolveGatewayPort(config: object): number;
}
