// `contractor-agents login` on the real command line: a terminal of its own, and a Claude Code that only knows its login.
import { execFile } from "node:child_process";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliHome, cliHome } from "../../support/cli-home.ts";
import { gatewayEnv, openclaw } from "../../support/gateway-config.ts";

const runFile = promisify(execFile);

describe("login", () => {
  let home: CliHome;
  const file = (name: string) => home.path("bin", name);
  beforeAll(async () => {
    home = await cliHome();
    await mkdir(dirname(file("claude")), { recursive: true });
    // As Claude Code: it tells its version and its login, and logs in where it has a terminal.
    await writeFile(
      file("claude"),
      `#!/bin/sh
case "$*" in
  --version) echo "2.1.999 (Claude Code)" ;;
  "auth status --json")
    if [ -f ${file("account")} ]; then echo '{"loggedIn":true,"authMethod":"claude.ai","subscriptionType":"max"}'
    else echo '{"loggedIn":false,"authMethod":"none"}'; fi ;;
  "auth login "*) echo "$*" > ${file("asked")}; if [ -t 0 ]; then echo "Opening your browser"; touch ${file("account")}; else exit 7; fi ;;
esac
`,
    );
    await chmod(file("claude"), 0o755);
    await home.configure({
      plugins: { entries: { contractor: { config: { harness: { claude: file("claude") } } } } },
    });
  });
  afterAll(() => home.remove());

  /** The same in a terminal. */
  async function inTerminal(...words: string[]): Promise<string> {
    const line = [process.execPath, openclaw, "contractor-agents", "login", ...words].join(" ");
    const env = gatewayEnv({ root: home.root });
    const { stdout } = await runFile("script", ["-qec", line, "/dev/null"], { env, cwd: home.root });
    return stdout;
  }

  it("needs a terminal, and says what else there is", async () => {
    const seen = await home.run(["login"]);
    expect(seen.code).toBe(1);
    expect(seen.stderr).toMatch(/A login needs a terminal.*ANTHROPIC_API_KEY/s);
  });

  it("is Claude Code's own, and says who pays from then on", async () => {
    const said = await inTerminal("--console");
    expect(said).toContain("Opening your browser");
    expect(said).toContain("Claude Code is logged in with a Claude account (max).");
    const again = await home.run(["login", "--json"]);
    expect(JSON.parse(again.stdout)).toEqual({
      loggedIn: true,
      by: "a Claude account (max)",
      changed: false,
    });
  });

  it("that comes to nothing is a failure", async () => {
    await rm(file("account"));
    await writeFile(file("claude"), '#!/bin/sh\n[ "$2" = status ] && echo \'{"loggedIn":false}\'\nexit 3\n');
    const said = await inTerminal().catch((error: { stdout: string }) => error.stdout);
    expect(said).toContain("Claude Code is not logged in; its own login ended with exit code 3.");
  });

  it("of a program of the user's own is that program's", async () => {
    await home.configure({
      plugins: { entries: { contractor: { config: { harness: { command: [join("/", "bin", "true")] } } } } },
    });
    const seen = await home.run(["login"]);
    expect(seen.stderr).toContain("has its own login");
  });
});
