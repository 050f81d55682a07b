// A file of a session's directory, out to its conversation: read within the directory alone, whatever links say.
import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { HARNESS } from "../../adapters/kinds.ts";
import { Failure } from "../../common/failure.ts";
import { redact } from "../../common/redact.ts";
import { plain } from "../../common/text.ts";
import type { Route } from "../../state/session-map.ts";
import { lossOf } from "../delivery/outbound.ts";
import { type FileToSend, namesFor, type SentFile } from "../operations/session/send.ts";
import { formsOf, isOfType } from "./file-forms.ts";
import { WEBCHAT } from "./reply-dispatch.ts";
import { intentOf, sendToRoute } from "./send-to-route.ts";
import { stateHome } from "./state-home.ts";

// What Telegram's bots may send; other channels refuse what is too large for them themselves.
const MAX_BYTES = 50_000_000;
// The host's queue is a database, which can be locked for a moment.
const AGAIN_AFTER_MS = [500, 2_000];
/** How much of a channel's own words is told. */
const WHY_CHARS = 200;

/** Whether a command can send a file there; the page of webchat takes none. */
export function takesFiles(route: Route): boolean {
  return route.channel !== WEBCHAT;
}

/** Throws Failure `invalid` where the file cannot be read, `refused` where the channel does not take it in any form. */
export async function postFile(
  api: Pick<OpenClawPluginApi, "runtime">,
  o: Pick<FileToSend, "root" | "path"> & { route: Route },
): Promise<SentFile> {
  const { realPath, buffer } = await readAny(o);
  if (!takesFiles(o.route)) {
    const message = "This page takes no files from a command.";
    throw new Failure({
      code: "refused",
      message,
      next: { say: `On the gateway's machine it is ${realPath}` },
    });
  }
  const name = basename(realPath);
  let refusal: unknown;
  for (const form of formsOf({ name, bytes: buffer })) {
    try {
      await patiently((id) => sendBytes(api, { route: o.route, id, ...form }));
      return { name, bytes: buffer.length, ...(form.name === name ? {} : { as: form.name }) };
    } catch (error) {
      refusal ??= error;
      if (!isOfType(error)) break;
    }
  }
  throw notTaken(name, refusal);
}

/** Posts a text as a file. Rejects with a PostFailure where the channel does not take it. */
export async function attachText(
  api: Pick<OpenClawPluginApi, "runtime">,
  o: { route: Route; name: string; text: string; id: string; caption?: string },
): Promise<void> {
  await sendBytes(api, { ...o, bytes: Buffer.from(o.text, "utf8") });
}

// The bytes that were checked are those that are sent. They lie in a folder of ours meanwhile, readable by nobody else: the host takes
// files by their path.
async function sendBytes(
  api: Pick<OpenClawPluginApi, "runtime">,
  o: { route: Route; name: string; bytes: Buffer; id: string; caption?: string },
): Promise<void> {
  const { route, id, name, bytes, caption } = o;
  const folder = join(stateHome(api), "outbox", randomUUID());
  const path = join(folder, tame(name));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, bytes, { mode: 0o600 });
    await sendToRoute(api, {
      route,
      id,
      payloads: [{ mediaUrl: path, ...(caption ? { text: caption.trim() } : {}) }],
      mediaAccess: { localRoots: [folder], readFile: async () => bytes },
      forceDocument: true,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// Telegram's channel writes a name into its request as it is, where these end it.
function tame(name: string): string {
  return name.replace(/[;\r\n]|^"/g, "_");
}

// What is sure not to stand there is tried again, but for a type that the host never sends; the first refusal is the one that is told.
async function patiently(send: (id: string) => Promise<void>): Promise<void> {
  const id = `contractor:file:${randomUUID()}`;
  let first: unknown;
  for (const [attempt, wait] of [...AGAIN_AFTER_MS, undefined].entries()) {
    try {
      return await send(intentOf(id, attempt));
    } catch (error) {
      first ??= error;
      if (wait === undefined || isOfType(error) || lossOf(error) === "unknown") throw first;
      await sleep(wait);
    }
  }
}

function notTaken(name: string, cause: unknown): Failure {
  if (isOfType(cause)) {
    const message = `OpenClaw does not send a file like ${name}, and not in an archive either.`;
    return new Failure({ code: "refused", message, cause });
  }
  const loss = lossOf(cause);
  if (loss === "unknown") {
    const message = `${name} may not have arrived: the connection was lost.`;
    return new Failure({
      code: "refused",
      message,
      next: { say: "If it is not here, send it again." },
      cause,
    });
  }
  if (loss === "unsent") {
    const next = { say: "Send it again in a minute." };
    return new Failure({
      code: "refused",
      message: `${name} was not sent: the channel cannot be reached.`,
      next,
      cause,
    });
  }
  const why = cause instanceof Error ? `: ${plain(redact(cause.message), WHY_CHARS)}` : ".";
  return new Failure({ code: "refused", message: `The channel did not take ${name}${why}`, cause });
}

// The file of this name; where there is none, of the name as it may be meant.
async function readAny(o: Pick<FileToSend, "root" | "path">): Promise<{ realPath: string; buffer: Buffer }> {
  const [typed = o.path, ...meant] = namesFor(o.path);
  try {
    return await readWithin({ ...o, path: typed });
  } catch (error) {
    for (const path of isNotFound(error) ? meant : []) {
      const found = await readWithin({ ...o, path }).catch((other: unknown) => {
        if (!isNotFound(other)) throw other;
      });
      if (found) return found;
    }
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return (
    error instanceof Failure &&
    error.cause instanceof Error &&
    Reflect.get(error.cause, "code") === "not-found"
  );
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
