// The environment Claude Code is started in: what it needs from the gateway's own, and nothing else.

const NEEDED = new Set(
  (
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TERM COLORTERM TZ TMPDIR TMP TEMP PWD HOSTNAME EDITOR VISUAL PAGER " +
    "HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy " +
    "NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR CLAUDE_CONFIG_DIR IS_SANDBOX MAX_THINKING_TOKENS MCP_TIMEOUT " +
    "MCP_TOOL_TIMEOUT MAX_MCP_OUTPUT_TOKENS BASH_DEFAULT_TIMEOUT_MS BASH_MAX_TIMEOUT_MS BASH_MAX_OUTPUT_LENGTH " +
    "USE_BUILTIN_RIPGREP JAVA_HOME GOPATH GOROOT GOBIN CARGO_HOME RUSTUP_HOME NVM_DIR VOLTA_HOME PNPM_HOME PYENV_ROOT " +
    "VIRTUAL_ENV CONDA_PREFIX DOTNET_ROOT ANDROID_HOME SystemRoot ComSpec USERPROFILE APPDATA " +
    "LOCALAPPDATA PATHEXT ProgramFiles"
  ).split(" "),
);
const NEEDED_PREFIXES = [
  "LC_",
  "XDG_",
  "GIT_AUTHOR_",
  "GIT_COMMITTER_",
  "ANTHROPIC_",
  "CLAUDE_CODE_",
  "DISABLE_",
];
// Left behind by a Claude session the gateway itself may have been started from; with them Claude believes it is nested.
const NEVER = /^(CLAUDECODE|CLAUDE_CODE_(ENTRYPOINT|SSE_PORT|SESSION_ID|PARENT_.*|CHILD_.*|IDE_.*))/;
const CLOUDS: readonly { flag: string; prefixes: readonly string[] }[] = [
  { flag: "CLAUDE_CODE_USE_BEDROCK", prefixes: ["AWS_"] },
  { flag: "CLAUDE_CODE_USE_VERTEX", prefixes: ["GOOGLE_", "CLOUD_ML_", "VERTEX_", "GCLOUD_"] },
  { flag: "CLAUDE_CODE_USE_FOUNDRY", prefixes: ["AZURE_"] },
];

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Builds Claude's environment.
 * `from` is the gateway's; `pass` names further variables the user lets through; `set` wins over everything.
 */
export function claudeEnvironment(o: {
  from: Variables;
  pass: readonly string[];
  set: Readonly<Record<string, string>>;
}): Record<string, string> {
  const passed = new Set(o.pass);
  const cloud = CLOUDS.filter(({ flag }) => isOn(o.from[flag])).flatMap(({ prefixes }) => prefixes);
  const prefixes = [...NEEDED_PREFIXES, ...cloud];
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(o.from)) {
    if (value === undefined || NEVER.test(name)) continue;
    if (NEEDED.has(name) || passed.has(name) || prefixes.some((prefix) => name.startsWith(prefix)))
      kept[name] = value;
  }
  return { ...kept, ...o.set };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
