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
  /** Folders beside its directory in which it may work as well; absolute [none]. */
  folders?: readonly string[];
  /** Standing instructions, which follow the harness's own. */
  instructions?: string | undefined;
  /** The model it goes on with where the chosen one does not answer. */
  fallbackModel?: string | undefined;
  /** What the session may still cost, in US dollars. */
  budgetUsd?: number | undefined;
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

/** What every harness can do. What only some can is a capability: absent where a harness has none of it. */
export interface Harness extends HarnessName {
  /** Where it keeps its own settings and login: absolute. */
  folders(): string[];
  /** How to start its adapter; throws Failure `harness-missing` or `harness-broken`. */
  launch(): Promise<Launch>;
  /** Opens a new session, or continues one, and returns what it is now set to. */
  open(connection: Connection, request: OpenRequest): Promise<OpenedSession>;
  /** Lets go of a session in its adapter; resolves also where the harness has no such call. */
  release(connection: Connection, sessionId: string): Promise<void>;
  setMode(connection: Connection, session: OpenedSession, mode: string): Promise<OpenedSession>;
  readonly modes: ModeTable;
  /** What a permission request wants, in plain words; `known` is what earlier updates told of the same tool call. */
  readTool(request: PermissionRequest, known: KnownTool | undefined): ToolUse;
  /** Names an error of the adapter for the user. */
  failure(error: unknown): Failure;
  /** It takes `folders` [not]. */
  readonly addsFolders?: true;
  readonly options?: OptionCapability;
  readonly steering?: SteeringCapability;
  readonly plans?: PlanCapability;
  readonly commands?: CommandCapability;
  readonly signs?: SignCapability;
  readonly settings?: SettingsCapability;
  readonly mentions?: MentionCapability;
  readonly login?: LoginCapability;
  readonly transcripts?: TranscriptCapability;
  /** Absent where a directory's files cannot be told from the harness's own: they are then ignored. */
  readonly trust?: TrustCapability;
}

/** What a harness is called. */
export interface HarnessName {
  /** In settings, maps and `--contractor`. */
  readonly kind: string;
  /** In a sentence, e.g. `Claude`. */
  readonly name: string;
  /** In full, e.g. `Claude Code`. */
  readonly title: string;
}

/** The harness's own names for what a user lets it do. */
export interface ModeTable {
  of(profile: PermissionProfile): string;
  /** The profile a mode amounts to; undefined for a mode that is none of ours. */
  profileOf(mode: string): PermissionProfile | undefined;
  /** True for a mode in which tools run without any question. */
  skipsApprovals(mode: string): boolean;
}

/** A model and further options that can be set in a live session. */
interface OptionCapability {
  /** The model option's value for no choice at all. */
  readonly usualModel: string;
  /** The option a general key stands for (`thinking` → `effort`), undefined where there is none. */
  find(session: OpenedSession, key: string): ConfigOption | undefined;
  /** The value of a model option that a user's word means, or Failure `unknown-model` with the list of known ones. */
  modelOf(session: OpenedSession, name: string): string;
  set(
    connection: Connection,
    session: OpenedSession,
    option: { id: string; value: string },
  ): Promise<OpenedSession>;
}

/** Words that reach a turn while it runs. */
interface SteeringCapability {
  /** False where none runs, or this adapter cannot. */
  steer(connection: Connection, sessionId: string, text: string): Promise<boolean>;
}

/** A plan before anything is done. */
interface PlanCapability {
  /** The options of a request to leave plan mode, by what they lead to. */
  options(request: PermissionRequest): PlanOptions;
}

interface PlanOptions {
  approve?: string;
  approveEdits?: string;
  revise?: string;
}

/** Slash commands of its own. */
interface CommandCapability {
  /** True for the harness's own word for a new conversation, which must be one for us as well. */
  isReset(text: string): boolean;
  /** What does the same as a command that needs the harness's screen; empty where there is nothing to do. */
  chatReplacementFor(command: string): string | undefined;
}

/** What it tells beyond ACP. */
export interface SignCapability {
  /** Notifications beyond ACP it sends. */
  readonly extensions: readonly string[];
  /** What such a one means for the user: a sentence, nothing but a sign of life (empty), or nothing at all (undefined). */
  noticeOf(method: string, params: unknown): string | undefined;
  /** What such a one tells of the harness's life; undefined for any other. */
  parseStatus(method: string, params: unknown): HarnessStatus | undefined;
  /** The harness's own name of a tool in an update. */
  toolName(update: unknown): string | undefined;
  /** The id of the tool call whose sub-agent makes the one in an update; undefined where it is the session's own. */
  parentOf(update: unknown): string | undefined;
  /** True for the tool by which it hands work to a sub-agent. */
  isSubagent(tool: string): boolean;
  /** The model that did what a `usage_update` counts, where it is named. */
  modelIn(update: unknown): string | undefined;
  /** True when `text` is the harness's own wording of an error it also reports as such. */
  echoesError(text: string): boolean;
}

/** Words in a prompt by which it reads files. */
interface MentionCapability {
  /** A user's words as they are handed over: nothing in them makes the harness read what is outside of the session's directory. */
  guard(text: string, cwd: string): Promise<string>;
}

/** Transcripts on this machine, of its terminal too. */
interface TranscriptCapability {
  /** The sessions there are transcripts of; newest first where it tells when. */
  list(connection: Connection, cwd: string): Promise<KnownSession[]>;
  /** The ids of sessions on this machine that begin so, whoever made them. */
  findIds(beginning: string): Promise<string[]>;
  /** What the user of a session said last; undefined where that is not known. */
  lastPrompt(session: SessionPlace): Promise<string | undefined>;
  /** True when there is a transcript of this session, so that it can be resumed. */
  has(session: SessionPlace): Promise<boolean>;
  /** Whether they may lie where this process cannot see them: then only the adapter knows what can be resumed. */
  elsewhere(): boolean;
  /** The directory this session began in, and goes on in, where that is not the one named. */
  originalCwd(session: SessionPlace): Promise<string | undefined>;
  /** How far the transcript is written, now. */
  mark(session: SessionPlace): Promise<TranscriptMark>;
  /** True when another program has prompted this session since the mark (a terminal that has it open). */
  hasExternalWrites(session: SessionPlace, mark: TranscriptMark): Promise<boolean>;
  /** What the transcript has as the answer to the last prompt of this text given since (ISO 8601); nothing where it has none. */
  findAnswer(session: SessionPlace, prompt: { text: string; since: string }): Promise<RecoveredAnswer>;
}

/** It can tell what a directory would have it do, and can go without it. */
interface TrustCapability {
  /** Reads the directory's files and runs nothing of them. Never throws: what cannot be read is brought. */
  brings(cwd: string): Promise<Bringings>;
  /** The files of a directory that a live session takes up by itself when they change; they need not exist. */
  takenUp(cwd: string): readonly string[];
}

/** It has a login of its own. */
export interface LoginCapability {
  /** Undefined where it cannot be told. Throws a Failure where the harness is not there, and the signal's reason. */
  read(signal: AbortSignal): Promise<Login | undefined>;
}

/** `by` is what it is logged in with, in plain words, and so who pays: `an API key`, `a Claude account (max)`. */
export interface Login {
  loggedIn: boolean;
  by: string;
}

/** Settings files of its own. */
interface SettingsCapability {
  /** Those that apply in a directory and that it cannot read, so that nothing in them holds. */
  faults(cwd: string): Promise<SettingsFault[]>;
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

/** Whether only the adapter knows which sessions can be gone on with. */
export function keepsElsewhere({ transcripts }: Pick<Harness, "transcripts">): boolean {
  return transcripts === undefined || transcripts.elsewhere();
}
