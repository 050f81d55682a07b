// The router hands an adapter's notifications and questions to the session they name.

import { z } from "zod";
import { setBounded } from "../common/bounded-map.ts";

/** What the harness asks before it does something; ACP `session/request_permission`. */
const permissionRequest = z.looseObject({
  sessionId: z.string(),
  toolCall: z.looseObject({
    toolCallId: z.string(),
    title: z.string().nullish(),
    kind: z.string().nullish(),
    rawInput: z.unknown().optional(),
    content: z.array(z.unknown()).nullish(),
    locations: z.array(z.looseObject({ path: z.string() })).nullish(),
  }),
  options: z.array(z.looseObject({ optionId: z.string(), name: z.string(), kind: z.string() })).min(1),
});
export type PermissionRequest = z.infer<typeof permissionRequest>;
export type PermissionAnswer = {
  outcome: { outcome: "cancelled" } | { outcome: "selected"; optionId: string };
};

const notification = z.looseObject({
  sessionId: z.string(),
  update: z.looseObject({ sessionUpdate: z.string() }),
});
export type RawUpdate = z.infer<typeof notification>["update"];

/** ACP `elicitation/create`, unvalidated but for whose it is. */
export type RawElicitation = { sessionId: string };
export type ElicitationReply =
  | { action: "accept"; content?: Record<string, unknown> }
  | { action: "decline" | "cancel" };

export interface SessionListener {
  update(update: RawUpdate): void;
  /** `withdrawn` is aborted when the harness does not want the answer any more (`$/cancel_request`). */
  permission(request: PermissionRequest, withdrawn: AbortSignal): Promise<PermissionAnswer>;
  elicitation(request: RawElicitation, withdrawn: AbortSignal): Promise<ElicitationReply>;
  /** A message of the harness outside the protocol (`_claude/…`), unvalidated. */
  extension(method: string, params: unknown): void;
}

const ofSession = z.looseObject({ sessionId: z.string() });
const EARLY_UPDATES = 100;
const EARLY_SESSIONS = 32;
const CANCELLED: PermissionAnswer = { outcome: { outcome: "cancelled" } };

export class Router {
  readonly #listeners = new Map<string, SessionListener>();
  // Adapters speak of a session before they have told us its id; the words wait here for the listener.
  readonly #early = new Map<string, RawUpdate[]>();

  listen(sessionId: string, listener: SessionListener): () => void {
    this.#listeners.set(sessionId, listener);
    for (const update of this.#early.get(sessionId) ?? []) listener.update(update);
    this.#early.delete(sessionId);
    return () => {
      if (this.#listeners.get(sessionId) === listener) this.#listeners.delete(sessionId);
    };
  }

  update(params: unknown): void {
    const parsed = notification.safeParse(params);
    if (!parsed.success) return;
    const { sessionId, update } = parsed.data;
    const listener = this.#listeners.get(sessionId);
    if (listener) listener.update(update);
    else this.#keepEarly(sessionId, update);
  }

  /** Answers `cancelled` for a session nobody listens to: a permission without an owner is never granted. */
  async permission(params: unknown, withdrawn: AbortSignal): Promise<PermissionAnswer> {
    const parsed = permissionRequest.safeParse(params);
    if (!parsed.success) return CANCELLED;
    const listener = this.#listeners.get(parsed.data.sessionId);
    if (!listener) return CANCELLED;
    return await listener.permission(parsed.data, withdrawn).catch(() => CANCELLED);
  }

  /** Answers `decline` for a session nobody listens to. */
  async elicitation(params: unknown, withdrawn: AbortSignal): Promise<ElicitationReply> {
    const named = ofSession.safeParse(params);
    const listener = named.success ? this.#listeners.get(named.data.sessionId) : undefined;
    if (!named.success || !listener) return { action: "decline" };
    return await listener.elicitation(named.data, withdrawn).catch(() => ({ action: "decline" as const }));
  }

  extension(method: string, params: unknown): void {
    const named = ofSession.safeParse(params);
    if (named.success) this.#listeners.get(named.data.sessionId)?.extension(method, params);
  }

  #keepEarly(sessionId: string, update: RawUpdate): void {
    const kept = this.#early.get(sessionId) ?? [];
    if (kept.length < EARLY_UPDATES) kept.push(update);
    setBounded(this.#early, { key: sessionId, value: kept, most: EARLY_SESSIONS });
  }
}
