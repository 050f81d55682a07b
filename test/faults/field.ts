// What people's use of it brought up, each with the test that holds it: run by `npm run faults`, in a section of its own.

export interface FieldCase {
  /** What somebody did, or what happened. */
  given: string;
  /** What must come of it. */
  right: string;
  file: string;
  /** A part of the test's title that no other test of the file has. */
  title: string;
}

const CHAT = "test/e2e";
const CODE = "test/integration";

export const FIELD: readonly FieldCase[] = [
  {
    given: "a message names a file outside the session's directory with @",
    right: "it is words and nothing else",
    file: `${CHAT}/mentions.test.ts`,
    title: "of one outside is words",
  },
  {
    given: "a reply to an earlier message",
    right: "Claude gets what it refers to, marked, in front of the person's own words",
    file: "test/unit/common/marked-context.test.ts",
    title: "is in front of the words",
  },
  {
    given: "what is referred to pretends to be the person's words",
    right: "it can end nowhere but at its end",
    file: "test/unit/common/marked-context.test.ts",
    title: "can end nowhere but at its end",
  },
  {
    given: "a message begins with ! while Claude works",
    right: "it is a message as any other, and nothing is lost",
    file: `${CHAT}/midturn.test.ts`,
    title: "takes a message that begins with !",
  },
  {
    given: "a message begins with ! while a question waits",
    right: "it is kept, and the answer counts",
    file: `${CHAT}/approvals-reply.test.ts`,
    title: "what begins with ! is kept",
  },
  {
    given: "a group becomes a supergroup",
    right: "the chat says how to go on there",
    file: `${CHAT}/verbs-unbound.test.ts`,
    title: "go on in the supergroup",
  },
  {
    given: "/cc here with a session that was closed",
    right: "it is opened again with its memory, or refused",
    file: `${CHAT}/verbs.test.ts`,
    title: "let a session answer that was closed",
  },
  {
    given: "/cc /compact that fails",
    right: "the failure in the user's words, with what to do",
    file: `${CODE}/adapters/errors.test.ts`,
    title: "of a command that shortens the conversation is a failure",
  },
  {
    given: "/cc /context",
    right: "its output once",
    file: `${CHAT}/verbs.test.ts`,
    title: "hand Claude's own commands over",
  },
  {
    given: "/cc send of a name with spaces, quotes or brackets",
    right: "the name as typed goes first",
    file: "test/unit/operations/send.test.ts",
    title: "a name as typed goes before",
  },
  {
    given: "/cc send of source code, logs, archives",
    right: "as a text or in an archive, and said so",
    file: `${CHAT}/delivery-extras.test.ts`,
    title: "sends what the host refuses by type",
  },
  {
    given: "cancel typed at a question",
    right: "the turn ends, and the chat says so",
    file: `${CHAT}/approvals-reply.test.ts`,
    title: "cancel ends the turn",
  },
  {
    given: "the adapter dies in a turn",
    right: "a sentence for a person; what the program said is for the log",
    file: `${CODE}/faults/turn.test.ts`,
    title: "what its program said is for the log",
  },
  {
    given: "two answers, or an answer and a stop, race",
    right: "one outcome, and everybody is told it",
    file: `${CHAT}/races.test.ts`,
    title: "answers that race",
  },
  {
    given: "an agent is added, then the first message",
    right: "nothing in its workspace tells Claude of a birth",
    file: `${CODE}/cli/add.test.ts`,
    title: "is an OpenClaw agent with its files",
  },
  {
    given: "the harness keeps its transcripts elsewhere; a restart, or a quiet time",
    right: "the session is resumed through the adapter",
    file: `${CODE}/faults/start.test.ts`,
    title: "a session is resumed through it",
  },
  {
    given: "a message comes while the new gateway still looks at what the old one left",
    right: "it runs once and is answered once",
    file: `${CODE}/delivery/once.test.ts`,
    title: "before the new gateway has looked",
  },
  {
    given: "the channel cannot be reached for 5 s and for 75 s while Claude answers",
    right: "the answer comes once",
    file: `${CHAT}/outages.test.ts`,
    title: "nobody listens for",
  },
  {
    given: "the channel takes the answer and never says so",
    right: "it comes again, and says that it may be the second time",
    file: `${CHAT}/outages.test.ts`,
    title: "it comes again, and says so",
  },
  {
    given: "the working directory is moved away while the session is live",
    right: "it is named, nothing is made in its place, and the session goes on once it is back",
    file: `${CODE}/adapters/errors.test.ts`,
    title: "a directory that is gone is named",
  },
  {
    given: "/new on a full disk",
    right: "one line: nothing was changed; the session goes on",
    file: `${CHAT}/errors.test.ts`,
    title: "that the disk takes nothing",
  },
  {
    given: "a settings file with deny rules is no JSON",
    right: "told once, with its line",
    file: `${CODE}/faults/start.test.ts`,
    title: "a settings file of the harness that is no JSON",
  },
  {
    given: "a hook of the user's says something",
    right: "it stands by itself, before Claude's words or behind them",
    file: `${CODE}/delivery/shown.test.ts`,
    title: "delivered live",
  },
  {
    given: "the API answers 429 with the time of the reset",
    right: "the time, and no internal word",
    file: "test/unit/adapters/claude.test.ts",
    title: "keeps the time at which a limit resets",
  },
  {
    given: "/cc history",
    right: "it names every speaker",
    file: "test/unit/session/output.test.ts",
    title: "names every speaker",
  },
  {
    given: '"no problem, go ahead" typed at a question',
    right: "it is no denial, and no yes either",
    file: "test/unit/permission/replies.test.ts",
    title: "of any other text is none",
  },
];
