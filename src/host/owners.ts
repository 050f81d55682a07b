// Whether somebody is an owner of this gateway, by the host's own rules (`commands.ownerAllowFrom`), as for `/acp spawn`.
import type { OpenClawConfig } from "openclaw/plugin-sdk/plugin-entry";

/** In webchat the owner is whoever has the operator's admin scope. */
export async function isOwner(o: {
  cfg: OpenClawConfig;
  channel: string | undefined;
  accountId: string | undefined;
  senderId: string | undefined;
  scopes: string[] | undefined;
}): Promise<boolean> {
  // Loaded at the first message: it brings a second of the host's code, which every start and every CLI call would pay.
  const { resolveCommandAuthorization } = await import("openclaw/plugin-sdk/command-auth-native");
  const { cfg, channel, accountId, senderId, scopes } = o;
  const ctx = {
    ...(channel === undefined ? {} : { Provider: channel, Surface: channel }),
    ...(accountId === undefined ? {} : { AccountId: accountId }),
    ...(senderId === undefined ? {} : { SenderId: senderId, From: senderId }),
    ...(scopes === undefined ? {} : { GatewayClientScopes: scopes }),
  };
  return resolveCommandAuthorization({ cfg, ctx, commandAuthorized: true }).senderIsOwner;
}
