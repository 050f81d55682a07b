// What is sent along with a message: pictures go to Claude as they are, every other file into the inbox of its directory.
import { readFile, stat } from "node:fs/promises";
import { HARNESS } from "../../adapters/kinds.ts";
import { describe } from "../../common/failure.ts";
import { plain } from "../../common/text.ts";
import type { InboxPrompt } from "../../state/inbox.ts";
import { storeFile } from "./file-inbox.ts";

/** A file the channel has received, or failed to. */
export interface Attachment {
  /** Where the host keeps it; absent where it could not be fetched. */
  path?: string | undefined;
  /** What its sender called it. */
  name?: string | undefined;
  /** As the channel tells it, without parameters. */
  mimeType: string;
  /** Part of the message that this one is a reply to. */
  referred?: boolean | undefined;
}

export interface TakenIn {
  images: InboxPrompt["images"];
  /** A line for each file that was stored, for Claude. */
  lines: string[];
  /** A sentence for each that could not be, for the user. */
  faults: string[];
}

// The Messages API refuses a picture of more than 5 MB in base64.
const INLINE_BYTES = 3_500_000;
const INLINE_TYPES = /^image\/(png|jpeg|gif|webp)$/;
const MB = 1024 * 1024;

/** Never throws: what cannot be taken in is said, and the rest goes on. */
export async function takeIn(o: {
  attachments: readonly Attachment[];
  cwd: string;
  maxMegabytes: number;
}): Promise<TakenIn> {
  const taken: TakenIn = { images: [], lines: [], faults: [] };
  for (const attachment of o.attachments) await takeOne(attachment, { ...o, taken });
  return taken;
}

async function takeOne(
  attachment: Attachment,
  o: { cwd: string; maxMegabytes: number; taken: TakenIn },
): Promise<void> {
  const { path, mimeType } = attachment;
  const { taken, cwd, maxMegabytes } = o;
  const shown = plain(attachment.name ?? "a file", 60);
  const size = path === undefined ? undefined : await sizeOf(path);
  if (path === undefined || size === undefined)
    return void taken.faults.push(
      `I could not read ${shown}, so ${HARNESS.name} did not get it. Send it again.`,
    );
  try {
    if (INLINE_TYPES.test(mimeType) && size <= INLINE_BYTES)
      return void taken.images.push({ mimeType, data: (await readFile(path)).toString("base64") });
    if (size > maxMegabytes * MB) return void taken.faults.push(tooLarge({ shown, size, maxMegabytes }));
    const stored = await storeFile({ from: path, name: attachment.name, cwd });
    const whose = attachment.referred ? "File of the message replied to" : "Attached file";
    taken.lines.push(`${whose}: ${stored} (${typeText(mimeType)}, ${sizeText(size)})`);
  } catch (error) {
    const why = plain(describe(error, "chat"), 160).replace(/\.$/, "");
    taken.faults.push(`I could not keep ${shown} for ${HARNESS.name}: ${why}. Put it into ${cwd} yourself.`);
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

function tooLarge(o: { shown: string; size: number; maxMegabytes: number }): string {
  return (
    `${o.shown} has ${sizeText(o.size)} and may have ${o.maxMegabytes} MB, so ${HARNESS.name} did not get it. ` +
    "Send a smaller one, or raise files.maxMegabytes."
  );
}

// From outside, and into Claude's prompt.
function typeText(mimeType: string): string {
  return /^[\w.+-]+\/[\w.+-]{1,80}$/.test(mimeType) ? mimeType : "unknown type";
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < MB ? `${Math.round(bytes / 1024)} kB` : `${(bytes / MB).toFixed(1)} MB`;
}
