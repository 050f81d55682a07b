// The host's plugin approvals (plugin.approval.*), over its loopback connection: a third-party plugin may not call the gateway
// in process (docs/host-notes.md#plugin-approvals).
import { setTimeout as sleep } from "node:timers/promises";
import type { OpenClawConfig, OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import type { Route } from "../../state/session-map.ts";
import type { NativeApprovals, NativeQuestion, NativeRequest } from "../permission/native.ts";
import { shownIn } from "./approvers.ts";
import { currentConfig } from "./engine-ports.ts";
import { askGateway } from "./gateway-call.ts";

const CALL_MS = 15_000;
const MAX_MS = 600_000;

const MAX_TITLE = 80;
const MAX_DESCRIPTION = 512;
const SPELT_OUT =
  /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000\u115F\u1160\u3164\uFFA0]/u;

const decision = z.enum(["allow-once", "allow-always", "deny"]).nullish().catch(null);
const requested = z.looseObject({ id: z.string(), decision });
const waited = z.looseObject({ decision });
const resolved = z.looseObject({ id: z.string(), resolvedBy: z.string().nullish() });
// The host tells who decided in an event, a moment after the decision itself.
const NAME_MS = 500;

/**
 * Each question has a connection of its own: only the one that asked, and the channels' own runtime, may see a question
 * and hear its decision (isApprovalRecordVisibleToClient), so a call of the moment could not wait for it.
 */
export function hostApprovals(pluginId: string, api: Pick<OpenClawPluginApi, "runtime">): NativeApprovals {
  const config = () => currentConfig(api);
  return {
    shows: async ({ title, description }) =>
      (await isShown(title, MAX_TITLE)) && (await isShown(description, MAX_DESCRIPTION)),
    tell: async ({ sessionKey }, message) => {
      // The host's pages mask what looks like a secret, as its prompts do, and see through joiners.
      if (!(await isUnmasked(message))) return false;
      const params = { sessionKey, message, label: "Contractor" };
      const answer = await askGateway({
        api,
        method: "chat.inject",
        params,
        scope: "operator.admin",
        timeoutMs: CALL_MS,
      });
      return answer.kind === "answered";
    },
    request: async (request) => {
      const deciders = new Deciders();
      const client = await connected(config(), deciders);
      try {
        const asked = requested.parse(
          await client.request("plugin.approval.request", toParams(pluginId, request), {
            timeoutMs: CALL_MS,
          }),
        );
        // A decision that is there and null means that nobody can be asked (docs/host-notes.md).
        if (asked.decision !== null)
          return shown({ client, deciders, id: asked.id, here: await isHere(config(), request, asked.id) });
      } catch (error) {
        await client.stopAndWait();
        throw error;
      }
      await client.stopAndWait();
      return undefined;
    },
  };
}

// What the host does to these texts before it shows them (dist/exec-approval-text-sanitize): it masks what looks like a secret, spells
// out what cannot be seen, and refuses what is too long. A text it would change is not what people would approve.
async function isShown(text: string, most: number): Promise<boolean> {
  return [...text].length <= most && !SPELT_OUT.test(text) && (await isUnmasked(text));
}

async function isUnmasked(text: string): Promise<boolean> {
  const { redactSensitiveText } = await import("openclaw/plugin-sdk/security-runtime");
  return redactSensitiveText(text, { mode: "tools" }) === text;
}

async function isHere(cfg: OpenClawConfig, asked: NativeRequest, id: string): Promise<boolean> {
  const { route, identity, title, description } = asked;
  if (!route) return false;
  const request = { ...identity, title, description, ...sourceOf(route) };
  return await shownIn({ cfg, route, id, request }).catch(() => false);
}

function shown(o: { client: Client; deciders: Deciders; id: string; here: boolean }): NativeQuestion {
  const { client, deciders, id, here } = o;
  const wait = client.request("plugin.approval.waitDecision", { id }, { timeoutMs: MAX_MS + CALL_MS });
  const decided = wait.then((raw) => waited.parse(raw).decision ?? undefined);
  const named = decided.then((made) => (made ? deciders.of(id) : undefined)).catch(() => undefined);
  void named.finally(() => client.stopAndWait().catch(() => {}));
  return {
    here,
    decision: decided,
    by: () => named,
    settle: async (how) => {
      await client.request("plugin.approval.resolve", { id, decision: how }, { timeoutMs: CALL_MS });
    },
  };
}

class Deciders {
  readonly #names = new Map<string, PromiseWithResolvers<string | undefined>>();

  hear(event: { event: string; payload?: unknown }): void {
    if (event.event !== "plugin.approval.resolved") return;
    const { data } = resolved.safeParse(event.payload);
    if (data) this.#named(data.id).resolve(data.resolvedBy ?? undefined);
  }

  async of(id: string): Promise<string | undefined> {
    return await Promise.race([this.#named(id).promise, sleep(NAME_MS, undefined)]);
  }

  #named(id: string): PromiseWithResolvers<string | undefined> {
    const named = this.#names.get(id) ?? Promise.withResolvers<string | undefined>();
    this.#names.set(id, named);
    return named;
  }
}

type Client = Awaited<ReturnType<typeof connected>>;

async function connected(config: OpenClawConfig, deciders: Deciders) {
  const sdk = await import("openclaw/plugin-sdk/gateway-runtime");
  const ready = Promise.withResolvers<void>();
  const client = await sdk.createOperatorApprovalsGatewayClient({
    config,
    clientDisplayName: "Contractor",
    onEvent: (event) => deciders.hear(event),
    onHelloOk: () => ready.resolve(),
    onConnectError: (error) => ready.reject(error),
    onClose: (code, reason) =>
      ready.reject(new Error(`the gateway closed the connection (${code} ${reason})`)),
  });
  const timer = setTimeout(() => ready.reject(new Error("the gateway did not answer")), CALL_MS);
  try {
    await sdk.startGatewayClientWhenEventLoopReady(client, { clientOptions: {} });
    await ready.promise;
    return client;
  } catch (error) {
    await client.stopAndWait();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function toParams(pluginId: string, request: NativeRequest): Record<string, unknown> {
  const { identity, route, title, description, severity, toolName, decisions, timeoutMs } = request;
  return {
    pluginId,
    title,
    description,
    severity,
    toolName,
    ...identity,
    allowedDecisions: decisions,
    timeoutMs: Math.min(timeoutMs, MAX_MS),
    twoPhase: true,
    ...(route ? sourceOf(route) : {}),
  };
}

function sourceOf({ channel, to, accountId, threadId }: Route): Record<string, unknown> {
  return {
    turnSourceChannel: channel,
    turnSourceTo: to,
    ...(accountId === undefined ? {} : { turnSourceAccountId: accountId }),
    ...(threadId === undefined ? {} : { turnSourceThreadId: threadId }),
  };
}
