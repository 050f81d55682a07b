// The log alone tells what happened: after each fault it holds the lines somebody would look for, and none of the words.
import { describe, expect, test } from "vitest";
import type { Log } from "../../../common/log.ts";
import { ask } from "../../support/engine.ts";
import { type FaultBench, startFaults } from "../../support/faults.ts";
import { until } from "../../support/poll.ts";
import { strike } from "../../support/processes.ts";
import type { Script } from "../../support/scripted-agent.ts";

/** Said in every prompt and answered back: no line may hold it. */
const WORDS = "the secret of the pelican";

interface Fault {
  happens: string;
  script: Script;
  /** What is done beside the prompt. */
  does?: (bench: FaultBench) => Promise<void>;
  profile?: "bypassPermissions" | "readOnly" | "ask";
  /** Lines that must be there, in this order. */
  tells: RegExp[];
}

const NAME = String.raw`\[cc/acp:one\]`;
const line = (rest: string) => new RegExp(`^(debug|info|warn|error) ${NAME} ${rest}`);

const FAULTS: Fault[] = [
  {
    happens: "the adapter exits in a turn",
    script: { turns: { fault: [{ say: WORDS }, { exit: 3 }] } },
    tells: [
      line("absent → starting"),
      /adapter \d+ ended \(exit code 3\)/,
      line("a turn failed: adapter-crashed"),
      line("running → absent"),
    ],
  },
  {
    happens: "the adapter is killed in a turn",
    script: { turns: { fault: [{ say: WORDS }, { hang: true }] } },
    does: async (bench) => void strike(bench.pids().at(-1), "SIGKILL"),
    tells: [/adapter \d+ ended \(signal SIGKILL\)/, line("a turn failed: adapter-crashed")],
  },
  {
    happens: "nobody is logged in",
    script: { errors: { "session/new": { code: -32000, message: "Authentication required" } } },
    tells: [/adapter \d+ started/, line("a turn failed: not-logged-in")],
  },
  {
    happens: "the harness does not answer a start",
    script: { silent: ["session/new"] },
    tells: [/adapter \d+ started/, /adapter \d+ ended/, line("a turn failed: timed-out")],
  },
  {
    happens: "the harness refuses the turn",
    script: { turns: { fault: [{ fail: { code: -32603, message: "Internal error: 529 Overloaded" } }] } },
    tells: [line("started harness session"), line("a turn failed: overloaded"), line("running → ready")],
  },
  {
    happens: "a turn hangs and is cancelled by nobody",
    script: { turns: { fault: [{ hang: true }] } },
    tells: [line("a turn failed: timed-out")],
  },
  {
    happens: "a cancel is not heard",
    script: { turns: { fault: [{ say: WORDS }, { hang: true }] }, ignoreCancel: true },
    does: (bench) => bench.session().cancel("stopped"),
    tells: [line("did not settle its cancel, so it is closed"), line("running → absent")],
  },
  {
    happens: "a permission is refused by the profile",
    script: { turns: { fault: [{ ask: WORDS }] } },
    profile: "readOnly",
    tells: [line(String.raw`permission: a tool denied \(policy\)`)],
  },
  {
    happens: "the session is reset",
    script: { turns: { fault: [{ say: WORDS }, { hang: true }] } },
    does: (bench) => bench.session().reset("reset"),
    tells: [line(String.raw`running → absent \(reset\)`)],
  },
  {
    happens: "the session is closed",
    script: { turns: { fault: [{ say: WORDS }, { hang: true }] } },
    does: (bench) => bench.session().close({ discard: true, reason: "closed" }),
    tells: [line(String.raw`running → closed \(closed\)`)],
  },
];

describe("the log alone tells that", () => {
  test.each(FAULTS)("$happens", async ({ script, does, profile, tells }) => {
    const lines: string[] = [];
    await using bench = await startFaults(script, {
      log: keeps(lines),
      limits: { startMs: 1_500, cancelMs: 1_000, stallMs: 1_000 },
      ...(profile ? { profile } : {}),
    });
    const asked = ask(bench.session(), `fault: ${WORDS}`);
    if (does) {
      await until("the turn to run", () => bench.agent.received("session/prompt").length > 0);
      await does(bench);
    }
    await asked;
    const missing = () => missingIn(lines, tells);
    await until("every line", () => missing() === undefined, {
      withinMs: 10_000,
      seen: () => `${missing()} in\n${lines.join("\n")}`,
    });
    expect(lines.join("\n")).not.toContain("pelican");
  });
});

/** The first of these that is not there, behind those before it. */
function missingIn(lines: readonly string[], wanted: readonly RegExp[]): RegExp | undefined {
  let from = 0;
  for (const pattern of wanted) {
    const at = lines.findIndex((one, i) => i >= from && pattern.test(one));
    if (at === -1) return pattern;
    from = at + 1;
  }
  return undefined;
}

function keeps(lines: string[]): Log {
  const at = (level: string) => (text: string) => void lines.push(`${level} ${text}`);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
