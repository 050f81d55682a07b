// The file inbox of a directory Claude works in: `.contractor/inbox`, ignored by git, a plain folder and never a link.
import { constants } from "node:fs";
import { chmod, copyFile, lstat, mkdir, realpath, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";

const FOLDERS = [".contractor", "inbox"];
const LONGEST = 120;
// File systems count bytes, and a name gets a number where it is taken.
const LONGEST_BYTES = 240;
const LONGEST_READ = 500;
const TRIES = 1_000;
// What is no part of a name on one system or another, or hides what it is (controls, bidirectional marks, separators).
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}<>:"|?*\\/]+/gu;

/**
 * Copies a file under a name of its own and returns where it is. Throws where the inbox is not a plain folder within
 * `cwd`, or cannot be written.
 */
export async function storeFile(o: { from: string; name: string | undefined; cwd: string }): Promise<string> {
  const inbox = await openInbox(o.cwd);
  const name = safeName(o.name ?? basename(o.from));
  for (let number = 1; number <= TRIES; number += 1) {
    const to = join(inbox, numbered(name, number));
    // Exclusive: a file or a link that is there already, dangling or not, is never written to.
    const error = await copyFile(o.from, to, constants.COPYFILE_EXCL).catch(asError);
    if (error === undefined) {
      await chmod(to, 0o600);
      return to;
    }
    if (error.code !== "EEXIST") throw error;
  }
  throw new Error(`there are ${TRIES} files of that name`);
}

/** The last part of a name, as far as every file system takes it and a reader sees what it is; never empty. */
export function safeName(name: string): string {
  // The last part stands at the end, and what is longer than any name may be is cut anyway.
  const last =
    name
      .slice(-LONGEST_READ)
      .normalize("NFC")
      .split(/[\\/]/)
      .findLast((part) => part.trim() !== "") ?? "";
  // A leading dot hides a file, a leading dash reads as an option.
  const clean = last
    .replace(UNFIT, "_")
    .replace(/\s+/g, " ")
    .replace(/^[\s.-]+/, "")
    .replace(/[\s.]+$/, "");
  const whole = clean === "" || /^_+$/.test(clean) ? "file" : clean;
  const extension = extname(whole).slice(0, 16);
  const room = (letters: string) => [...letters].length + [...extension].length;
  let stem = [...whole.slice(0, whole.length - extname(whole).length)];
  while (room(stem.join("")) > LONGEST || Buffer.byteLength(stem.join("") + extension) > LONGEST_BYTES)
    stem = stem.slice(0, -1);
  return `${stem.join("")}${extension}`;
}

function numbered(name: string, number: number): string {
  if (number === 1) return name;
  const extension = extname(name);
  return `${name.slice(0, name.length - extension.length)}-${number}${extension}`;
}

async function openInbox(cwd: string): Promise<string> {
  let folder = await realpath(cwd);
  for (const part of FOLDERS) {
    folder = join(folder, part);
    await mkdir(folder, { mode: 0o700 }).catch(unlessThere);
    // A repository can bring such a link along, and what is sent would be written wherever it leads.
    if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is not a plain folder`);
  }
  await writeFile(join(folder, ".gitignore"), "*\n", { flag: "wx" }).catch(unlessThere);
  return folder;
}

function unlessThere(error: unknown): void {
  if (asError(error).code !== "EEXIST") throw error;
}

function asError(error: unknown): NodeJS.ErrnoException {
  return error instanceof Error ? error : new Error(String(error));
}
