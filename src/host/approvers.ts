// Whose answer counts, and where the host shows its buttons, by the channel's own approval rules (openclaw
// plugin-sdk/approval-auth-runtime, infra-runtime): a typed yes must need no less than a press.
import type { OpenClawConfig } from "openclaw/plugin-sdk/plugin-entry";
import { z } from "zod";
import type { Route } from "../../state/session-map.ts";
import { channelPlugin } from "./channel-registry.ts";

const callable = z.custom<(o: object) => unknown>((value) => typeof value === "function");
const capability = z.looseObject({
  authorizeActorAction: callable.optional(),
  native: z.looseObject({}).nullish(),
});
const verdict = z.looseObject({ authorized: z.boolean() });
const plan = z.looseObject({
  targets: z.array(
    z.looseObject({
      target: z.looseObject({
        to: z.union([z.string(), z.number()]),
        threadId: z.union([z.string(), z.number()]).nullish(),
      }),
    }),
  ),
});

/** Whether the channel takes a press of its approval buttons from this sender; true where it has no rules of its own. */
export function mayApprove(o: {
  cfg: OpenClawConfig;
  channel: string;
  accountId: string | undefined;
  senderId: string | undefined;
}): boolean {
  const { cfg, channel, accountId, senderId } = o;
  const authorize = capabilityOf(channel)?.authorizeActorAction;
  if (!authorize) return true;
  const read = verdict.safeParse(
    authorize({ cfg, accountId, senderId, action: "approve", approvalKind: "plugin" }),
  );
  return read.success && read.data.authorized;
}

/** Whether the buttons of a request appear in the conversation it is about; they may go to the approvers' own chats alone. */
export async function shownIn(o: {
  cfg: OpenClawConfig;
  route: Route;
  id: string;
  request: Record<string, unknown>;
}): Promise<boolean> {
  const { cfg, route, id, request } = o;
  const native = capabilityOf(route.channel)?.native;
  if (!native) return false;
  const sdk = await import("openclaw/plugin-sdk/infra-runtime");
  const now = Date.now();
  const asked = { id, request, createdAtMs: now, expiresAtMs: now + 60_000 };
  const { accountId } = route;
  const planned = await Reflect.apply(sdk.resolveChannelNativeApprovalDeliveryPlan, undefined, [
    { cfg, accountId, approvalKind: "plugin", request: asked, adapter: native },
  ]);
  const read = plan.safeParse(planned);
  return read.success && read.data.targets.some(({ target }) => isThere(target, route));
}

function isThere(
  target: { to: string | number; threadId?: string | number | null | undefined },
  route: Route,
): boolean {
  const bare = (to: string | number) => String(to).replace(/^[a-z]+:/i, "");
  return bare(target.to) === bare(route.to) && String(target.threadId ?? "") === String(route.threadId ?? "");
}

function capabilityOf(channel: string): z.infer<typeof capability> | undefined {
  const found = z
    .looseObject({ approvalCapability: capability.nullish() })
    .safeParse(channelPlugin(channel) ?? {});
  return found.success ? (found.data.approvalCapability ?? undefined) : undefined;
}
