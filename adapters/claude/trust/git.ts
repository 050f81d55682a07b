// Git's own programs in a repository: what `git status` or `git diff` would run because the repository's configuration or hooks say so.
import { execFile } from "node:child_process";
import { access, constants, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { contentHash, type Finds } from "./finds.ts";
import { withScripts } from "./programs.ts";

const run = promisify(execFile);
const GIT_MS = 5_000;
const MAX_OUTPUT = 4_000_000;
// A nested repository is one `cd` away, and a submodule none at all.
const MAX_DEPTH = 4;
const MAX_FOLDERS = 800;
const SKIPPED = new Set(["node_modules", ".git"]);

/** A setting of a repository's own, as git reads it there; `file` is where it stands. */
export interface GitSetting {
  file: string;
  key: string;
  value: string;
}

const HARMLESS = [
  /^core\.(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|safecrlf|quotepath|sharedrepository|compression|longpaths|preloadindex|untrackedcache|splitindex|commentchar|abbrev|sparsecheckout|sparsecheckoutcone|trustctime|checkstat|protecthfs|protectntfs|bigfilethreshold|packedgitlimit|packedgitwindowsize|multipackindex|commitgraph|whitespace|worktree)$/,
  /^remote\.[\s\S]*\.(url|pushurl|fetch|push|tagopt|prune|prunetags|mirror|skipdefaultupdate|partialclonefilter|promisor|gh-resolved)$/,
  /^branch\.[\s\S]*\.(remote|pushremote|merge|rebase|description|vscode-merge-base|gh-merge-base|github-pr-owner-number)$/,
  /^(user|author|committer)\.(name|email|signingkey|useconfigonly)$/,
  /^submodule\.([\s\S]*\.)?(url|active|branch|ignore|shallow|fetchrecursesubmodules|recurse|fetchjobs)$/,
  /^(pull|push|fetch|init|advice|color|column|rerere|status|stash|gc|pack|index|feature|extensions|commitgraph|rebase|checkout|clone|am|apply|blame|format|help|i18n|versionsort|repack|receive|transfer|worktree|gitflow|diff|log|commit|tag|merge|maintenance)\.(?!gpg$)[a-z0-9-]+$/,
  /^http\.(postbuffer|version|lowspeedlimit|lowspeedtime)$/,
  /^lfs\.([\s\S]*\.)?(repositoryformatversion|access|locksverify|fetchinclude|fetchexclude|fetchrecentrefsdays|url)$/,
];
// Within the harmless sections, what names a program or a file all the same.
const HARMFUL =
  /^(diff\.(external|orderfile)|merge\.tool|commit\.template|init\.templatedir|fetch\.fsck.*|pack\.packobjectshook|log\.showsignature|receive\..*|blame\.ignorerevsfile|rebase\.instructionformat|gc\..*hook.*|am\..*hook.*|format\..*cmd|help\.browser)$/;

/** What the repository of this directory, its submodules and the repositories within it bring; returns its harmful settings. */
export async function readGit(finds: Finds, cwd: string): Promise<GitSetting[]> {
  const settings = await settingsOf(finds, cwd);
  const brought: GitSetting[] = [];
  const take = async (setting: GitSetting, dir: string) => {
    if (isHarmless(setting)) return;
    brought.push(setting);
    finds.add({ ...told(setting), whole: `${setting.key}=${await withScripts(setting.value, dir)}` });
  };
  for (const setting of settings) await take(setting, cwd);
  for (const folder of await hookFolders(cwd, settings)) await readHookFiles(finds, folder);
  for (const nested of await nestedRepositories(finds, cwd)) {
    for (const setting of await settingsOf(finds, nested.folder, nested.config))
      await take(setting, nested.folder);
    await readHookFiles(finds, join(dirname(nested.config), "hooks"));
  }
  return brought;
}

function isHarmless({ key }: GitSetting): boolean {
  const name = key.toLowerCase();
  return !HARMFUL.test(name) && HARMLESS.some((pattern) => pattern.test(name));
}

function told({ file, key, value }: GitSetting) {
  const at = { file, detail: `${key} = ${value}` };
  if (/^include(if)?\./i.test(key)) return { ...at, does: "has git read another file" };
  // The value of a header is a password.
  if (/^http\./i.test(key)) return { file, detail: key, does: "changes where and how git connects" };
  if (/^(url|protocol|remote)\./i.test(key)) return { ...at, does: "changes where and how git connects" };
  return { ...at, does: "has git run a program, or changes what it does" };
}

// Asking git itself is the only way to read what git reads: includes, worktrees, submodules. `config --list` runs nothing.
async function settingsOf(finds: Finds, folder: string, file?: string): Promise<GitSetting[]> {
  const from = file === undefined ? ["--includes"] : ["--file", file, "--includes"];
  const args = ["-c", "safe.directory=*", "config", "--list", "-z", "--show-origin", ...from];
  try {
    const { stdout } = await run("git", args, {
      cwd: folder,
      env: bare(),
      timeout: GIT_MS,
      maxBuffer: MAX_OUTPUT,
    });
    return pairs(stdout, folder);
  } catch (error) {
    const { code } = z.looseObject({ code: z.unknown() }).parse(error);
    // Without git, nothing of git's runs.
    if (code === "ENOENT") return [];
    finds.add({
      file: file ?? join(folder, ".git"),
      does: "cannot be read by git, so what it does is unknown",
    });
    return [];
  }
}

/** The folder of hooks that the user's own configuration names for every repository; undefined where it names none. */
export async function usersHooks(env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const asked = run("git", ["config", "--get", "core.hooksPath"], { cwd: "/", env, timeout: GIT_MS });
  const found = await asked.catch(() => undefined);
  return found?.stdout.trim() || undefined;
}

// The user's own configuration is not the directory's.
function bare(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_OPTIONAL_LOCKS: "0" };
}

function pairs(stdout: string, folder: string): GitSetting[] {
  const parts = stdout.split("\0");
  const settings: GitSetting[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const origin = parts[at] ?? "";
    const [key = "", ...value] = (parts[at + 1] ?? "").split("\n");
    if (!origin.startsWith("file:")) continue;
    settings.push({ file: resolve(folder, origin.slice("file:".length)), key, value: value.join("\n") });
  }
  return settings;
}

async function hookFolders(cwd: string, settings: readonly GitSetting[]): Promise<string[]> {
  const git = await gitFolders(cwd);
  const top = git === undefined ? cwd : git.top;
  const named = settings
    .filter(({ key }) => key.toLowerCase() === "core.hookspath")
    .map(({ value }) => resolve(top, value));
  return git === undefined ? named : [join(git.common, "hooks"), ...named];
}

/** Where the repository of a directory lies: its worktree's top and the folder that all its worktrees share. */
export async function gitFolders(cwd: string): Promise<{ top: string; common: string } | undefined> {
  for (let top = cwd; ; top = dirname(top)) {
    const git = await gitFolderAt(top);
    if (git !== undefined) {
      const common = await readFile(join(git, "commondir"), "utf8").catch(() => ".");
      return { top, common: resolve(git, common.trim()) };
    }
    if (dirname(top) === top) return undefined;
  }
}

async function gitFolderAt(folder: string): Promise<string | undefined> {
  const path = join(folder, ".git");
  const known = await stat(path).catch(() => undefined);
  if (known?.isDirectory()) return path;
  const link = known?.isFile() ? await readFile(path, "utf8").catch(() => "") : "";
  const named = /^gitdir:\s*(.+?)\s*$/m.exec(link)?.[1];
  return named === undefined ? undefined : resolve(folder, named);
}

// Every file that may run counts; git itself takes those with the name of a hook.
async function readHookFiles(finds: Finds, folder: string): Promise<void> {
  for (const name of await finds.names(folder)) {
    const file = join(folder, name);
    if (name.endsWith(".sample") || !(await isExecutable(file))) continue;
    finds.add({
      file: folder,
      does: "has git run hooks",
      detail: name,
      whole: `${name} ${await contentHash(file)}`,
    });
  }
}

async function isExecutable(file: string): Promise<boolean> {
  if (!(await stat(file).catch(() => undefined))?.isFile()) return false;
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

interface Nested {
  folder: string;
  config: string;
}

async function nestedRepositories(finds: Finds, cwd: string): Promise<Nested[]> {
  const own = await gitFolders(cwd);
  const modules = own === undefined ? [] : await modulesOf(finds, own.common);
  const found: Nested[] = modules.map((folder) => ({ folder: cwd, config: join(folder, "config") }));
  let level: string[] = [cwd];
  let seen = 0;
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const lists = await Promise.all(level.map(foldersIn));
    level = lists.flat().slice(0, MAX_FOLDERS - seen);
    seen += level.length;
    const gits = await Promise.all(level.map(repositoryAt));
    found.push(...gits.filter((one) => one !== undefined));
  }
  return found;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name))
    .map(({ name }) => join(folder, name))
    .toSorted();
}

async function repositoryAt(folder: string): Promise<Nested | undefined> {
  const git = (await gitFolderAt(folder)) ?? ((await isBare(folder)) ? folder : undefined);
  return git === undefined ? undefined : { folder, config: join(git, "config") };
}

// A bare repository may be part of a clone; git takes any folder that looks like one.
async function isBare(folder: string): Promise<boolean> {
  const [head, objects] = await Promise.all(
    ["HEAD", "objects"].map((name) => stat(join(folder, name)).catch(() => undefined)),
  );
  return head !== undefined && objects?.isDirectory() === true;
}

async function modulesOf(finds: Finds, common: string, depth = 0): Promise<string[]> {
  const found: string[] = [];
  const folder = depth === 0 ? join(common, "modules") : common;
  for (const name of await finds.names(folder)) {
    const module = join(folder, name);
    if (!(await stat(module).catch(() => undefined))?.isDirectory()) continue;
    if (await stat(join(module, "config")).catch(() => undefined)) found.push(module);
    if (depth < MAX_DEPTH && !(await isBare(module)))
      found.push(...(await modulesOf(finds, module, depth + 1)));
  }
  return found;
}
