// Whether a directory's own files may be used: only where they bring nothing that runs, or where an owner has said so for what
// they bring now. I14 (docs/architecture.md).
import { realpath } from "node:fs/promises";
import type { Brought, Harness, ProjectUse } from "../../adapters/harness.ts";
import { requireDirectory } from "../../adapters/process.ts";
import { Failure } from "../../common/failure.ts";
import { type Identity, identityKey } from "../../state/identity.ts";
import type { Decision, Decisions } from "../../state/trust-store.ts";
import { broughtLines } from "../permission/brought.ts";
import { watchFiles } from "./file-watch.ts";
import { type Ground, requireGround } from "./ground.ts";
import { folderFault, unreadSettings } from "./sentences.ts";

/** What holds for a directory at this moment. */
export interface Standing {
  /** The real path. */
  path: string;
  use: ProjectUse;
  brought: readonly Brought[];
  /** Changes with what is brought. */
  hash: string;
  /** What an owner said about this content; `open` where somebody should, `none` where there is nothing to decide. */
  decision: Decision["decision"] | "open" | "none";
}

export interface TrustParts {
  harness: Harness;
  decisions: Decisions;
  /** Folders made for one session each: nobody is asked about what was written there, and it is never used. */
  scratch: string;
  /** Which folders no session works in. */
  ground: () => Ground;
  now: () => Date;
}

export class Trust {
  readonly #parts: TrustParts;
  readonly #told = new Set<string>();
  readonly #opened = new WeakMap<object, readonly Pick<Standing, "path" | "use" | "hash">[]>();

  constructor(parts: TrustParts) {
    this.#parts = parts;
  }

  /**
   * Throws Failure `refused` for a directory no session works in; and, unless `anyway`, for one of which somebody should know how far it
   * reaches.
   */
  async requireGround(cwd: string, o: { anyway: boolean }): Promise<void> {
    await requireGround(this.#parts.ground(), cwd, o);
  }

  /** Reads the directory's files anew; runs nothing of them, and never throws for what is in them. */
  async standing(cwd: string): Promise<Standing> {
    const { harness, decisions } = this.#parts;
    const path = await realpath(cwd).catch(() => cwd);
    const { brought, hash } = await this.#brought(path);
    const about = { path, brought, hash };
    if (!harness.trust || (await this.#isScratch(path)))
      return { ...about, use: "ignored", decision: "none" };
    if (brought.length === 0) return { ...about, use: "harmless", decision: "none" };
    const all = await decisions.all().catch(() => []);
    const said = all.find((one) => one.path === path && one.hash === hash);
    const decision = said?.decision ?? "open";
    return { ...about, use: decision === "trusted" ? "trusted" : "ignored", decision };
  }

  /** What is said to a session's people, once for what a directory brings; undefined where there is nothing to say. */
  notice(identity: Identity, standing: Standing): string | undefined {
    const key = `${identityKey(identity)} ${standing.path} ${standing.hash}`;
    if (standing.decision !== "open" || !this.#isNews(key)) return undefined;
    return [
      `${standing.path} brings settings of its own that nobody has trusted:`,
      ...broughtLines(standing.brought),
      `${this.#parts.harness.title} works here without them, and asks before every git command. An owner decides with: /cc trust`,
    ].join("\n");
  }

  /** Settings files of the harness that do not hold because they cannot be read: said once to a session's people, a sentence each. */
  async faults(identity: Identity, cwd: string): Promise<string[]> {
    const { harness } = this.#parts;
    const found = (await harness.settings?.faults(cwd).catch(() => [])) ?? [];
    return found
      .filter(({ file, line }) => this.#isNews(`${identityKey(identity)} ${file}:${line}`))
      .map((fault) => `⚠️ ${unreadSettings(fault, harness.title)} Mend it, then send /new.`);
  }

  /** Notes what a live session was opened with: its directory, and the folders beside it. */
  opened(live: object, standings: readonly Standing[]): void {
    this.#opened.set(
      live,
      standings.map(({ path, use, hash }) => ({ path, use, hash })),
    );
  }

  /** Throws Failure `refused` or `directory-missing` for a folder no session may have beside its directory. */
  async folder(path: string): Promise<Standing> {
    await this.requireGround(path, { anyway: true });
    await requireDirectory(path).catch((cause: unknown) => {
      throw new Failure({ ...folderFault(path, "does not exist"), code: "directory-missing", cause });
    });
    const standing = await this.standing(path);
    if (standing.use !== "ignored") return standing;
    throw new Failure({ ...folderFault(path, "brings settings that nobody has trusted"), code: "refused" });
  }

  /** False where the files of a live session's directory are not what they were, or an owner has decided since. */
  async holds(live: object): Promise<boolean> {
    const opened = this.#opened.get(live);
    const same = opened?.map(async (then) => {
      const { use, hash } = await this.standing(then.path);
      return use === then.use && hash === then.hash;
    });
    return same !== undefined && (await Promise.all(same)).every(Boolean);
  }

  /**
   * Watches over a live session as long as it lives, working or idle: `onChange` is called once, as soon as a file that the
   * harness takes up by itself is not what was decided about.
   */
  guard(live: { alive: boolean }, onChange: () => void): void {
    const used = this.#opened.get(live)?.filter(({ use }) => use !== "ignored") ?? [];
    const files = used.flatMap(({ path }) => this.#parts.harness.trust?.takenUp(path) ?? []);
    if (files.length === 0) return;
    const changed = async () => {
      if (!live.alive || (await this.holds(live))) return;
      onChange();
    };
    watchFiles(files, { while: () => live.alive, changed }).catch(onChange);
  }

  /** Remembers what an owner said about exactly this content. */
  async decide(standing: Standing, o: { decision: "trusted" | "without"; by: string }): Promise<void> {
    const { path, hash } = standing;
    await this.#parts.decisions.set({ path, hash, ...o, at: this.#parts.now().toISOString() });
  }

  get decisions(): Decisions {
    return this.#parts.decisions;
  }

  // True once for each key: what was told is not told again.
  #isNews(key: string): boolean {
    const told = this.#told.has(key);
    this.#told.add(key);
    return !told;
  }

  // What cannot be looked through may bring anything.
  async #brought(path: string): Promise<Pick<Standing, "brought" | "hash">> {
    const looked = this.#parts.harness.trust?.brings(path) ?? Promise.resolve({ brought: [], hash: "" });
    return await looked.catch((error: unknown) => {
      const does = "cannot be looked through, so what it brings is unknown";
      return { brought: [{ file: path, does }], hash: String(error) };
    });
  }

  async #isScratch(path: string): Promise<boolean> {
    const { scratch } = this.#parts;
    const folder = await realpath(scratch).catch(() => scratch);
    return path === folder || path.startsWith(`${folder}/`);
  }
}
