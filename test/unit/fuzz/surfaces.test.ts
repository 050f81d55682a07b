// What reaches the operations from outside: the parameters of gateway methods, and the words of a command line.
import { Command } from "commander";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation } from "../../../src/operations/define.ts";
import { fieldsOf } from "../../../src/operations/fields.ts";
import { mountCli } from "../../../src/surfaces/cli.ts";
import { mountGateway, type RegisterMethod } from "../../../src/surfaces/gateway-methods.ts";
import type { Terminal } from "../../../src/surfaces/terminal.ts";
import { realOperations } from "./operations.ts";
import { anyJson, anyText, runs } from "./words.ts";

const CRASH = /is not a function|Cannot read|undefined is not|is not iterable|Maximum call stack/;

describe("the parameters of a gateway method", () => {
  it("are refused in words or answered, once, and never throw", async () => {
    await using real = await realOperations();
    const methods: Parameters<RegisterMethod>[0][] = [];
    mountGateway(real.operations, (method) => void methods.push(method));
    expect(methods.length).toBe(real.operations.length);
    const keys = [...new Set(real.operations.flatMap((operation) => Object.keys(operation.input.shape)))];
    const params = fc.oneof(
      anyJson,
      fc.dictionary(fc.constantFrom(...keys, "__proto__"), fc.oneof(anyText, anyJson)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...methods), params, async ({ handle }, given) => {
        const answers: [boolean, unknown, { code: string; message: string } | undefined][] = [];
        await handle({
          params: given,
          scopes: ["operator.write", "operator.approvals"],
          respond: (ok, payload, error) => void answers.push([ok, payload, error]),
        });
        expect(answers).toHaveLength(1);
        const [ok, payload, error] = answers[0] ?? [];
        if (ok) return void JSON.stringify(payload);
        expect(error?.code).toBe("INVALID_REQUEST");
        expect(error?.message).toBeTruthy();
        expect(error?.message).not.toMatch(CRASH);
      }),
      runs(250),
    );
  });
});

describe("the words of a command line", () => {
  it("end in a result, a sentence, or the right way to say it; with --json in one document", async () => {
    await using real = await realOperations();
    const flags = [
      ...new Set(real.operations.flatMap((operation) => fieldsOf(operation).map(({ flag }) => flag))),
    ];
    const word = fc.oneof(
      anyText,
      fc.constantFrom(...flags, "--json", "--", "#1", "agent:cc:acp:one", "/tmp"),
    );
    const verbs = real.operations.map(({ name }) => name.split(" "));
    const line = fc
      .tuple(fc.constantFrom(...verbs), fc.array(word, { maxLength: 5 }))
      .map(([verb, rest]) => [...verb, ...rest]);
    await fc.assert(
      fc.asyncProperty(line, async (words) => {
        const seen = await typed(words, real.operations);
        expect([0, 1, 2]).toContain(seen.code);
        expect(`${seen.out}${seen.err}`).not.toMatch(CRASH);
        const before = words.slice(0, words.includes("--") ? words.indexOf("--") : undefined);
        const isHelp = words.some((one) => /^-h|^--help|^help$/.test(one));
        if (before.includes("--json") && !isHelp && seen.documents.length > 0) {
          expect(seen.documents).toHaveLength(1);
          JSON.parse(seen.documents[0] ?? "");
        }
      }),
      runs(250),
    );
  });
});

async function typed(words: string[], operations: readonly Operation[]) {
  const seen = { out: "", err: "", code: 0, documents: [] as string[] };
  const program = new Command().exitOverride();
  const err = (text: string) => {
    seen.err += text;
  };
  program.configureOutput({
    writeOut: (text) => {
      seen.out += text;
    },
    writeErr: err,
  });
  const terminal: Terminal = {
    err,
    out: (text) => void seen.documents.push(text),
    exitCode: (code) => {
      seen.code = code;
    },
    progress: () => {},
    clear: () => {},
    ask: async () => undefined,
    onInterrupt: () => () => {},
  };
  mountCli({ program, name: "us", description: "Ours.", operations, terminal });
  await program.parseAsync(["us", ...words], { from: "user" }).catch((error: { exitCode?: number }) => {
    if (error.exitCode === undefined) throw error;
    seen.code = error.exitCode;
  });
  return seen;
}
