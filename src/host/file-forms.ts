// The forms in which a file can reach a chat. The host sends pictures, sound, video, PDF, Office files, archives, and of texts only .txt, .csv,
// .md, .json and .yaml (assertHostReadMediaAllowed, dist/web-media): a program's source goes as .txt, and what is no text in an archive.
import { isUtf8 } from "node:buffer";
import { tgz } from "../../common/tgz.ts";
import { PostFailure } from "../delivery/outbound.ts";

interface Form {
  name: string;
  bytes: Buffer;
}

const NAME_IN_ARCHIVE = 100;

/** The file itself first; each next one is for where the host refuses those before it by their type. */
export function* formsOf(file: Form): Generator<Form> {
  const { name, bytes } = file;
  yield file;
  if (isUtf8(bytes) && !bytes.includes(0)) yield { name: `${name}.txt`, bytes };
  yield { name: `${name}.tgz`, bytes: tgz([{ name: nameInArchive(name), text: bytes }], new Date()) };
}

/** Whether the host never sends a file of this type. */
export function isOfType(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one.name === "HostReadMediaTypeError") return true;
    if (/^(?:Host-local media sends|hostReadCapability permits)/.test(one.message)) return true;
  }
  return (
    error instanceof PostFailure && /Host-local media sends|hostReadCapability permits/.test(error.message)
  );
}

function nameInArchive(name: string): string {
  const safe = name.replace(/[^\w.-]+/g, "_").replace(/^\.+/, "_");
  return safe.slice(-NAME_IN_ARCHIVE).replace(/^\.+/, "_");
}
