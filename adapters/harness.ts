// A harness is a coding agent we can run over ACP. This is all the rest of the house may know of one.

import type { Failure } from "../common/failure.ts";
import type { Connection } from "./connection.ts";
import type { Launch } from "./process.ts";
import type { PermissionRequest } from "./router.ts";

/** What the user lets the harness do without being asked. */
export type PermissionProfile = "ask" | "acceptEdits" | "plan" | "readOnly" | "bypassPermissions";

interface KnownTool {
  name?: string | undefined;
  kind: string;
  title: string;
}

/** One use of a tool the harness asks about. Every text is the harness's or the model's: untrusted. */
export interface ToolUse {
  /** The harness's own name of the tool, e.g. `Bash`. */
  name: string;
  /** ACP tool kind. */
  kind: string;
  /** What it wants, e.g. `Run: npm test`. */
  title: string;
  /** All of what it wants, as it is: the command, the path, the address, or the whole input as JSON. */
  detail: string;
  command?: string;
  path?: string;
  /** What it would make of the file at `path`: `before` is a part of it that `after` replaces, everywhere or once; without it, all of it is replaced. */
  change?: { before?: string; after: string; everywhere?: boolean };
  url?: string;
  /** The whole plan, where the request is to leave plan mode. */
  plan?: string;
}

export interface SessionOptions {
  /** Model as the user names it; a provider prefix (`anthropic/…`) is accepted. */
  model?: string | undefined;
  /** Thinking level as the host names it, e.g. `low`, `high`. */
  thinking?: string | undefined;
  profile: PermissionProfile;
}

/** One option of a live session a user can set, with the values it takes. */
export interface ConfigOption {
  id: string;
  category?: string;
  currentValue: string | boolean;
  options?: { value: string; name?: string }[];
}

/** What the harness told about a session when it was opened. */
export interface OpenedSession {
  sessionId: string;
  mode?: string;
  modes: string[];
  configOptions: ConfigOption[];
}

/** How far a directory's own files are used: `trusted` and `harmless` all of them, `ignored` none that the harness would obey. */
export type ProjectUse = "trusted" | "harmless" | "ignored";

/** One thing a directory's own files would have the harness do. `file`, `does` and `detail` hold words of whoever wrote the file. */
export interface Brought {
  /** Within the directory, or a whole path. */
  file: string;
  /** Plain words, e.g. `runs when a session starts`. */
  does: string;
  /** The command, the address or the name it is about. */
  detail?: string;
}

/** `hash` changes with the content of what is brought. */
export interface Bringings {
  brought: readonly Brought[];
  hash: string;
}

/** A harness that can tell what a directory would have it do, and can go without it. */
interface TrustCapability {
  /** Reads the directory's files and runs nothing of them. Never throws: what cannot be read is brought. */
  brings(cwd: string): Promise<Bringings>;
  /** The files of a directory that a live session takes up by itself when they change; they need not exist. */
  takenUp(cwd: string): readonly string[];
}

export interface Harness {
  /** The name used in settings, maps and `--contractor`. */
  readonly kind: string;
  /** The name users read. */
  readonly title: string;
  /** The model option's value for no choice at all. */
  readonly usualModel: string;
  /** Notifications beyond ACP this harness sends. */
  readonly extensions: readonly string[];
  /** Where it keeps its own settings and login: absolute. */
  folders(): string[];
  /** How to start its adapter; throws Failure `harness-missing` or `harness-broken`. */
  launch(): Promise<Launch>;
  /** Opens a new session, or continues `resume`, and returns what it is now set to. */
  open(connection: Connection, request: OpenRequest): Promise<OpenedSession>;
  /** Lets go of a session in its adapter; resolves also where the harness has no such call. */
  release(connection: Connection, sessionId: string): Promise<void>;
  setMode(connection: Connection, session: OpenedSession, mode: string): Promise<OpenedSession>;
  setOption(
    connection: Connection,
    session: OpenedSession,
    option: { id: string; value: string },
  ): Promise<OpenedSession>;
  /** The harness's own name for a permission profile. */
  modeOf(profile: PermissionProfile): string;
  /** True for a mode in which tools run without any question. */
  runsUnasked(mode: string): boolean;
  /** The profile a mode of the harness amounts to; undefined for a mode that is none of ours. */
  profileOf(mode: string): PermissionProfile | undefined;
  /** What a permission request wants, in plain words; `known` is what earlier updates told of the same tool call. */
  readTool(request: PermissionRequest, known: KnownTool | undefined): ToolUse;
  /** The harness's own name of a tool in an update. */
  toolName(update: unknown): string | undefined;
  /** The options of a request to leave plan mode, by what they lead to. */
  planOptions(request: PermissionRequest): { approve?: string; approveEdits?: string; revise?: string };
  /** The option a general key stands for (`thinking` → `effort`), undefined where there is none. */
  optionOf(session: OpenedSession, key: string): ConfigOption | undefined;
  /** The value of a model option that a user's word means, or Failure `unknown-model` with the list of known ones. */
  modelOf(session: OpenedSession, name: string): string;
  /** Names an error of the adapter for the user. */
  failure(error: unknown): Failure;
  /** True when `text` is the harness's own wording of an error it also reports as such. */
  echoesError(text: string): boolean;
  /** A user's words as they are handed over: nothing in them makes the harness read what is outside of the session's directory. */
  words(text: string, cwd: string): Promise<string>;
  /** Injects words into the running turn; false where the harness cannot, or none runs. */
  steer(connection: Connection, sessionId: string, text: string): Promise<boolean>;
  /** What does the same as a command of the harness that needs its screen; empty where there is nothing to do. */
  chatReplacementFor(command: string): string | undefined;
  /** True for the harness's own word for a new conversation, which must be one for us as well. */
  isResetCommand(text: string): boolean;
  /**
   * What a notification beyond ACP means for the user: a sentence, nothing but a sign of life (empty), or nothing
   * at all (undefined).
   */
  noticeOf(method: string, params: unknown): string | undefined;
  /** What a notification beyond ACP tells of the harness's life; undefined for any other. */
  parseStatus(method: string, params: unknown): HarnessStatus | undefined;
  /** The model that did what a `usage_update` counts, where it is named. */
  modelIn(update: unknown): string | undefined;
  /** The sessions the harness has transcripts of, those of a terminal too; newest first where it tells when. */
  list(connection: Connection, cwd: string): Promise<KnownSession[]>;
  /** The ids of sessions on this machine that begin so, whoever made them. */
  findSessionIds(beginning: string): Promise<string[]>;
  /** What the user of a session said last; undefined where that is not known. */
  lastPrompt(session: SessionPlace): Promise<string | undefined>;
  /** True when the harness keeps a transcript for this session, so that it can be resumed. */
  hasTranscript(session: SessionPlace): Promise<boolean>;
  /** Whether its transcripts may lie where this process cannot see them: then only the adapter knows what can be resumed. */
  keepsElsewhere?(): boolean;
  /** The harness's own settings files that apply in a directory and that it cannot read, so that nothing in them holds. */
  settingsFaults?(cwd: string): Promise<SettingsFault[]>;
  /** The directory this session began in, and goes on in, where that is not the one named. */
  originalCwd(session: SessionPlace): Promise<string | undefined>;
  /** How far the transcript is written, now. */
  markTranscript(session: SessionPlace): Promise<TranscriptMark>;
  /** True when another program has prompted this session since the mark (a terminal that has it open). */
  hasExternalWrites(session: SessionPlace, mark: TranscriptMark): Promise<boolean>;
  /** What the transcript has as the answer to the last prompt of this text given since (ISO 8601); nothing where it has none. */
  findAnswer(session: SessionPlace, prompt: { text: string; since: string }): Promise<RecoveredAnswer>;
  /** Absent where a directory's files cannot be told from the harness's own: they are then ignored. */
  readonly trust?: TrustCapability;
}

/** `line` is that of the first mistake. */
export interface SettingsFault {
  file: string;
  line: number;
}

/** `complete`: the harness had said all it wanted to. */
export interface RecoveredAnswer {
  text: string;
  complete: boolean;
}

/** Where nothing is known of an answer. */
export const UNANSWERED: RecoveredAnswer = { text: "", complete: false };

/**
 * Whether the harness works on something, asked or not; the tasks it has in the background, in its own words; or the MCP
 * servers it was to reach.
 */
export type HarnessStatus = { works: boolean } | { inBackground: string[] } | { servers: ToolServer[] };

/** An MCP server; `status` in the harness's own word, `connected` and `failed` among them. */
export interface ToolServer {
  name: string;
  status: string;
}

interface SessionPlace {
  cwd: string;
  sessionId: string;
}

export interface TranscriptMark {
  bytes: number;
  /** ISO time. */
  at: string;
}

/** A session the harness knows, whoever made it. */
export interface KnownSession {
  sessionId: string;
  cwd: string;
  title?: string;
  /** ISO time. */
  updatedAt?: string;
}

/** Where a harness session comes from; `id` is a harness session's. A forked one starts with the past of another, which stays as it is. */
export type SessionSource = { is: "new" } | { is: "resume"; id: string } | { is: "fork"; id: string };

export interface OpenRequest {
  cwd: string;
  /** How far the directory's own files are used. */
  project: ProjectUse;
  options: SessionOptions;
  from: SessionSource;
  /** True while an update is a replay of the past and must not be shown. */
  onReplay?: (replaying: boolean) => void;
  /** Called with the session's id before anything is asked of it that makes updates flow. */
  listen: (sessionId: string) => void;
}
