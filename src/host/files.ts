// A file of a session's directory, out to its conversation: read within the directory alone, whatever links say.

import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { HARNESS } from "../../adapters/kinds.ts";
import { Failure } from "../../common/failure.ts";
import { redact } from "../../common/redact.ts";
import type { Route } from "../../state/session-map.ts";
import type { FileToSend } from "../operations/session/send.ts";
import { currentConfig } from "./engine-ports.ts";
import { WEBCHAT } from "./reply-dispatch.ts";
import { sendToRoute } from "./send-to-route.ts";
import { stateHome } from "./state-home.ts";

// What Telegram's bots may send; other channels refuse what is too large for them themselves.
const MAX_BYTES = 50_000_000;
// The host's queue is a database, which can be locked for a moment.
const AGAIN_AFTER_MS = [500, 2_000];

/** Whether a command can send a file there; the page of webchat takes none. */
export function takesFiles(route: Route): boolean {
  return route.channel !== WEBCHAT;
}

/** Throws Failure `invalid` where the file cannot be read, `refused` where the channel does not take it. */
export async function postFile(
  api: Pick<OpenClawPluginApi, "runtime">,
  o: Pick<FileToSend, "root" | "path"> & { route: Route },
): Promise<{ name: string; bytes: number }> {
  const { realPath, buffer } = await readWithin(o);
  const { channel, to, accountId, threadId } = o.route;
  if (!takesFiles(o.route)) {
    const message = "This page takes no files from a command.";
    throw new Failure({
      code: "refused",
      message,
      next: { say: `On the gateway's machine it is ${realPath}` },
    });
  }
  const { sendDurableMessageBatch } = await import("openclaw/plugin-sdk/channel-outbound");
  const deliveryIntentId = `contractor:file:${randomUUID()}`;
  const sent = await patiently(() =>
    sendDurableMessageBatch({
      cfg: currentConfig(api),
      channel,
      to,
      payloads: [{ mediaUrl: realPath }],
      // The bytes that were checked are those that are sent, even if the file changes meanwhile.
      mediaAccess: { localRoots: [o.root], readFile: async () => buffer },
      forceDocument: true,
      deliveryIntentId,
      ...(accountId === undefined ? {} : { accountId }),
      ...(threadId === undefined ? {} : { threadId }),
    }),
  );
  const name = basename(realPath);
  if (sent.status === "sent") return { name, bytes: buffer.length };
  const cause = "error" in sent ? sent.error : undefined;
  const why = cause instanceof Error ? `: ${redact(cause.message)}` : ".";
  throw new Failure({ code: "refused", message: `The channel did not take ${name}${why}`, cause });
}

/**
 * Posts a text as a file. Rejects where the channel does not take it. The bytes lie in a folder of ours meanwhile, readable by nobody
 * else: the host takes files by their path.
 */
export async function attachText(
  api: Pick<OpenClawPluginApi, "runtime">,
  o: { route: Route; name: string; text: string; id: string; caption?: string },
): Promise<void> {
  const folder = join(stateHome(api), "outbox", randomUUID());
  const path = join(folder, o.name);
  const bytes = Buffer.from(o.text, "utf8");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, bytes, { mode: 0o600 });
    await sendToRoute(api, {
      route: o.route,
      id: o.id,
      payloads: [{ mediaUrl: path, ...(o.caption ? { text: o.caption.trim() } : {}) }],
      mediaAccess: { localRoots: [folder], readFile: async () => bytes },
      forceDocument: true,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// What failed is tried again; the id of the intent keeps it from being sent twice. The first refusal is the one that is told: a later
// try may only hear that the first one is still in the host's queue.
async function patiently<Sent extends { status: string }>(send: () => Promise<Sent>): Promise<Sent> {
  const first = await send();
  for (const wait of first.status === "failed" ? AGAIN_AFTER_MS : []) {
    await sleep(wait);
    const sent = await send();
    if (sent.status !== "failed") return sent;
  }
  return first;
}

async function readWithin({
  root,
  path,
}: Pick<FileToSend, "root" | "path">): Promise<{ realPath: string; buffer: Buffer }> {
  const sdk = await import("openclaw/plugin-sdk/security-runtime");
  try {
    const folder = await sdk.root(root);
    // Our own records name other chats; the harness is kept from them, and whoever it could talk into this is too.
    if (/(?:^|[\\/])\.openclaw(?:[\\/]|$)/i.test(relative(folder.rootReal, resolve(folder.rootReal, path))))
      throw new sdk.FsSafeError("outside-workspace", "a record of the plugin");
    return await folder.read(isAbsolute(path) ? relative(folder.rootReal, path) : path, {
      maxBytes: MAX_BYTES,
    });
  } catch (cause) {
    throw unreadable(cause instanceof sdk.FsSafeError ? cause.code : "", path, cause);
  }
}

function unreadable(code: string, path: string, cause: unknown): Failure {
  const message =
    code === "too-large"
      ? `${path} is larger than ${MAX_BYTES / 1_000_000} MB.`
      : code === "not-found"
        ? `There is no file ${path} in the directory ${HARNESS.name} works in.`
        : code === "not-file"
          ? `${path} is not a file.`
          : `${path} is not a file I may send: only those within the directory ${HARNESS.name} works in, and no links.`;
  return new Failure({ code: "invalid", message, cause });
}
