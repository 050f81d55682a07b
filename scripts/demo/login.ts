// Who answers in the demo: the real Claude, where this machine is logged in, or a scripted model on loopback.
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Model, say, startModel, useTool } from "../../test/support/model.ts";

export type Answerer = {
  /** One line for the user. */
  title: string;
  scripted: boolean;
  /** What the plugin's setting `harness.env` holds. */
  env: Record<string, string>;
  close(): Promise<void>;
};

const KEYS = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];
const CLOUDS = ["CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY"];

/** `folder` is the demo's own: with a key, Claude keeps its files there; with a login it needs its home. */
export async function chooseAnswerer(o: { folder: string; scripted: boolean }): Promise<Answerer> {
  if (o.scripted) return await scriptedModel("A scripted model on this machine answers, as asked.");
  const key = [...KEYS, ...CLOUDS].find((name) => (process.env[name] ?? "") !== "");
  const close = async () => {};
  if (key !== undefined) {
    const env = { CLAUDE_CONFIG_DIR: join(o.folder, "claude") };
    return { title: `The real Claude answers (${key}).`, scripted: false, env, close };
  }
  if (await isFile(join(process.env.CLAUDE_CONFIG_DIR ?? join(homedir(), ".claude"), ".credentials.json"))) {
    const title = "The real Claude answers, with the login of this machine (~/.claude).";
    return { title, scripted: false, env: { HOME: homedir() }, close };
  }
  return await scriptedModel(
    "No Claude login found, neither in ~/.claude nor in ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN:\n" +
      "a scripted model on this machine answers. It echoes, and it knows a few tricks:\n" +
      '  "remember apples", then "what do you remember"   the memory of the session\n' +
      '  "tell me a story"                                a long answer, paragraph by paragraph\n' +
      '  "write a file"                                   a tool: you are asked whether it may',
  );
}

async function scriptedModel(title: string): Promise<Answerer> {
  const model = await startModel();
  teach(model);
  return { title, scripted: true, env: model.env(), close: () => model.close() };
}

function teach(model: Model): void {
  model.always(/^tell me a story/i, say(STORY, { chunks: 60, gapMs: 250 }));
  model.always(
    (request) => /^write a file/i.test(request.prompt) && request.toolResults.length === 0,
    useTool("Write", { file_path: "hello.txt", content: "hello" }, { saying: "I will write hello.txt." }),
  );
}

const STORY = [
  "A contractor came to an open house and asked what was to be done.",
  "“Whatever I write from the bus,” said the owner, “and I want to see it grow, not wait for the end.”",
  "So the contractor worked, and after every paragraph a message went out, while new ones could come in at any time.",
  "“Stop!” wrote the owner, to try it. And if you write stop now, or /acp cancel, this story ends here.",
  "You did not, so it ends well: everything said was delivered once, and in order.",
].join("\n\n");

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
