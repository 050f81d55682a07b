// Every chat command, with right words and with wrong ones: in a private chat, a forum topic and webchat, where Claude is and where not.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AT_ONCE } from "../support/approvals.ts";
import { type Bench, startBench } from "../support/e2e.ts";
import { asks } from "../support/talk.ts";
import { ABSENT, type Row, SCENES } from "../support/verb-table.ts";
import { type Browser, openBrowser } from "../support/webchat.ts";

const PLACES = ["private chat", "forum topic", "webchat"] as const;
type Place = (typeof PLACES)[number];
type Scene = (typeof SCENES)[number];
/** Somebody in a conversation of their own. */
type Seat = {
  name: string;
  directory: string;
  asks(words: string): Promise<string>;
  /** Everything the bot has written there. */
  heard(): string[];
};
/** Words, and the answer that must come. */
type Said = [words: string, answer: unknown];

const WHERE = "Where should Claude work? Send the path of a directory, or: sandbox";
const FIRST_PERSON = 501;
const FIRST_FORUM = -3_001;
const TOPIC = 7;

// Telegram's channel lets one message a second through to a chat, and twenty a minute to a group, so each scene has one of its own.
describe.concurrent("every command of /cc help", () => {
  let bench: Bench;
  let browser: Browser;
  let help: string;
  // Before anything else: those who talk to Claude then have the only processes there may be.
  const talked = new Map<Place, Seat>();
  beforeAll(async () => {
    bench = await startBench({
      pluginConfig: { maxProcesses: PLACES.length },
      config: AT_ONCE,
    });
    browser = await openBrowser(bench.gateway);
    help = await browser.asks("agent:main:main", "/cc help all");
    await Promise.all(PLACES.map(async (place) => talked.set(place, await newTalk(place))));
  });
  afterAll(async () => {
    browser?.close();
    await bench?.dispose();
  });

  it("has a row in the table, and every row a command", () => {
    const rows = SCENES.flatMap(({ rows }) => rows.map(({ verb }) => verb));
    expect(rows.sort()).toEqual([...summaries().keys()].sort());
  });

  it.each<[Place, "bound" | "unbound"]>([
    ["private chat", "bound"],
    ["private chat", "unbound"],
    ["forum topic", "bound"],
    ["forum topic", "unbound"],
    ["webchat", "bound"],
    ["webchat", "unbound"],
  ])("answers in a %s that is %s, and tells the right form of wrong words", async (place, state) => {
    const bound = state === "bound";
    const open = bound ? newBound : newSeat;
    const rightly = async (scene: Scene) => {
      const seat = (bound && scene.talked && talked.get(place)) || (await open(place));
      const said = scene.rows.map((row) => rightWords(row, { place, bound, seat }));
      await plays(seat, said);
    };
    const wrongly = async ({ rows }: Scene) => {
      const seat = await open(place);
      const said = rows.map((row) => [wrongWords(row, seat), ...(bound ? [] : [askedFor(row)])]);
      await plays(seat, said.flat());
    };
    await Promise.all([...SCENES.map(rightly), ...SCENES.map(wrongly)]);
    expect(bench.model.prompts().filter((prompt) => prompt.startsWith("/"))).toEqual([]);
  });

  it.each(PLACES)("is listed and explained in a %s", async (place) => {
    const seat = await newSeat(place);
    expect(await seat.asks("/cc HELP all")).toBe(help);
    const usual = await seat.asks("/cc help");
    expect(await seat.asks("/claude")).toBe(usual);
    for (const line of usual.split("\n").slice(0, -1)) expect(help).toContain(line);
    expect(usual).not.toContain("\nkill — ");
    for (const words of ["/cc rules", "/cc help rules"])
      expect(await seat.asks(words)).toBe("It goes:\n/cc rules list\n/cc rules remove RULE");
    expect(await seat.asks("/cc /compact")).toBe(
      "Claude is not in this conversation. /cc start brings it here.",
    );
    const unknown = "/cc help all shows everything I know.";
    for (const words of ["/cc nonsense", "/cc help nonsense"])
      expect(await seat.asks(words)).toBe(`I do not know "nonsense". ${unknown}`);
    expect(await seat.asks("/cc statsu")).toBe(`I do not know "statsu". Did you mean /cc status? ${unknown}`);
  });

  let seats = 0;
  let people = 0;
  async function newSeat(place: Place): Promise<Seat> {
    const number = seats++;
    const name = `seat-${number}`;
    const directory = join(bench.gateway.root, name);
    await mkdir(directory);
    await writeFile(join(directory, "note.txt"), "a note.\n");
    if (place === "webchat") {
      const heard: string[] = [];
      const page = async (words: string) => {
        const answer = await browser.asks(`agent:main:${name}`, words);
        heard.push(answer);
        return answer;
      };
      return { name, directory, asks: page, heard: () => heard };
    }
    const forum = { id: FIRST_FORUM - number, topic: TOPIC };
    const chat = bench.telegram.chat(
      place === "forum topic" ? forum : { from: { id: FIRST_PERSON + people++ } },
    );
    return { name, directory, asks: (words) => asks(chat, words), heard: () => chat.texts().filter(Boolean) };
  }

  /** The same, where Claude has been brought in by question and answer. */
  async function newBound(place: Place): Promise<Seat> {
    const seat = await newSeat(place);
    const { asks, name, directory } = seat;
    expect(await asks(`/cc start --name ${name}`)).toBe(WHERE);
    expect(await asks(directory)).toBe(`Claude is here now, in ${directory}. Write to it; /cc stop ends it.`);
    return seat;
  }

  /** The same, where Claude has said something. */
  async function newTalk(place: Place): Promise<Seat> {
    const seat = await newBound(place);
    expect(await seat.asks(`remember ${seat.name}`)).toMatch(`OK, ${seat.name}.`);
    return seat;
  }

  /** Each command of /cc help with what it is for. */
  function summaries(): Map<string, string> {
    // Those of the commands; a title stands above each group of them.
    const lines = help
      .split("\n")
      .slice(1, -1)
      .filter((line) => line.includes(" — "));
    return new Map(
      lines.map((line) => line.split(" — ")).map(([verb = "", summary = ""]) => [verb, summary]),
    );
  }

  /** What a row says and what must come back: with its right words, with wrong ones, and when it is asked for. */
  function rightWords(row: Row, o: { place: Place; bound: boolean; seat: Seat }): Said {
    const here = o.place === "webchat" ? (row.pages ?? row.bound) : row.bound;
    const answer = o.bound ? here : (row.unbound ?? ABSENT);
    const words = filled(`/cc ${row.verb} ${row.right ?? ""}`.trim(), o.seat);
    return [words, typeof answer === "string" ? filled(answer, o.seat) : expect.stringMatching(answer)];
  }

  function wrongWords({ verb, wrong, problem, form }: Row, seat: Seat): Said {
    return [filled(`/cc ${verb} ${wrong}`.trim(), seat), `${problem}\nIt goes: /cc ${form}`];
  }

  function askedFor({ verb, form }: Row): Said {
    const begins = escaped(`${summaries().get(verb)}\n/cc ${form}`);
    return [`/cc help ${verb}`, expect.stringMatching(`^${begins}(\n|$)`)];
  }
});

/** Says it all, and compares: one answer to each, in this chat, and nothing beside them. */
async function plays(seat: Seat, said: Said[]): Promise<void> {
  const before = seat.heard().length;
  const answers: Said[] = [];
  for (const [words] of said) answers.push([words, await seat.asks(words)]);
  expect(answers).toEqual(said);
  expect(seat.heard().slice(before)).toEqual(answers.map(([, answer]) => answer));
}

function filled(text: string, { name, directory }: Seat): string {
  return text.replaceAll("{name}", name).replaceAll("{directory}", directory);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
