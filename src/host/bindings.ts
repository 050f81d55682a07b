// Conversations bound to a session. The host unbinds them when it resets an ACP session in place (session-reset-service,
// emitSessionUnboundLifecycleEvent), although the session goes on behind the same key; here they are put back.
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

// The host unbinds some time after it has reset us, and tells nobody (on Telegram it even throws in between).
const LOOK_EVERY_MS = 100;
const LOOK_FOR_MS = 15_000;

/**
 * Called when the host begins to reset a session: watches for its conversations being unbound and binds them again.
 * Resolves at once; what it finds out later goes to `onError`.
 */
export async function keepBound(sessionKey: string, onError: (error: unknown) => void): Promise<void> {
  const service = await bindingService();
  const bound = service.listBySession(sessionKey).filter(({ status }) => status === "active");
  if (bound.length === 0) return;
  void watch(service, { sessionKey, bound }).catch(onError);
}

type Service = Awaited<ReturnType<typeof bindingService>>;
type Binding = ReturnType<Service["listBySession"]>[number];
type Bound = { sessionKey: string; bound: Binding[] };

async function watch(service: Service, { sessionKey, bound }: Bound): Promise<void> {
  const until = performance.now() + LOOK_FOR_MS;
  while (performance.now() < until) {
    await sleep(LOOK_EVERY_MS, undefined, { ref: false });
    const missing = bound.filter((binding) => !isBound(service, binding));
    for (const binding of missing) await bindAgain(service, { sessionKey, binding });
    if (missing.length > 0) return;
  }
}

// Telegram's adapter binds and then throws, as it does when it unbinds; what counts is whether it is bound.
async function bindAgain(service: Service, o: { sessionKey: string; binding: Binding }): Promise<void> {
  const { targetKind, conversation, metadata } = o.binding;
  const target = { targetSessionKey: o.sessionKey, targetKind, conversation, placement: "current" as const };
  try {
    await service.bind({ ...target, ...(metadata ? { metadata } : {}) });
  } catch (error) {
    if (!isBound(service, o.binding)) throw error;
  }
}

function isBound(service: Service, { targetSessionKey, conversation }: Binding): boolean {
  return service
    .listBySession(targetSessionKey)
    .some((binding) => isDeepStrictEqual(binding.conversation, conversation));
}

async function bindingService() {
  const { getSessionBindingService } = await import("openclaw/plugin-sdk/conversation-binding-runtime");
  return getSessionBindingService();
}
