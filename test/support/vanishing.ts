// What a coding agent says and the host takes for its own machinery: whole texts that were seen to vanish, and random ones of the same kind.
import fc from "fast-check";

export const VANISHING: readonly string[] = [
  "Tool result: 42 passed",
  "Here is what happened:\nTool call: npm test\nand it passed.",
  "tool_result = parse(x)\nprint(tool_result)",
  "📖 Read: src/a.ts has 3 lines.",
  "Wrap it in <thinking>hidden</thinking> tags.",
  '<tool_call>{"name":"x"}</tool_call> is the form the model writes.',
  "[Tool Call: x] is how the old log marked it.",
  "The prompt had <system-reminder>x</system-reminder> in it.",
  "Put it in a <div> or a <section class=x>.",
  "It ends with <|end|> there.",
];

const line = fc.constantFrom(
  ...[
    "Tool result: 42 passed",
    "tool call: x",
    "Function-Call = y",
    "> Tool result: quoted",
    "🔍 Search: needle",
    "📝 Edit: a.ts",
  ],
  ...[
    "🛠️ Exec: npm test",
    "⚙️ Command: ls",
    "⚠️ 🛠️ Exec failed (exit 1)",
    "🛠️ run it",
    "📊 Session Status: ok",
    "NO_REPLY",
    "HEARTBEAT_OK",
  ],
  ...[
    "MEDIA:/etc/hostname",
    "![x](https://h.example/x.png)",
    "[[reply_to: 7]]",
    "[[audio_as_voice]]",
    "[Tool Result for ID 7]",
    "[TOOL_CALL]",
  ],
  ...[
    "[Historical context: x]",
    "<thinking>",
    "</thinking>",
    "<think>a</think>",
    "<final>done</final>",
    "<tool_call>",
    "</tool_call>",
  ],
  ...[
    '<function name="x">',
    "<invoke>",
    "<parameter>p</parameter>",
    "<system-reminder>s</system-reminder>",
    "<relevant-memories>m</relevant-memories>",
  ],
  ...[
    "<|assistant|>",
    "<b>bold</b>",
    "<div>",
    "<br/>",
    "<details><summary>s</summary>d</details>",
    "a < b > c",
    "Array<string>",
    "plain words",
  ],
  ...[
    "- item",
    "1. first",
    "| a | b |",
    "`code <b>`",
    "*em* _em_",
    "日本語",
    '{ "a": [1] }',
    "arguments: {}",
    "x".repeat(60),
  ],
);
const prose = fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => lines.join("\n"));
const fenced = prose.map((text) => `\`\`\`\n${text.replaceAll("`", "'")}\n\`\`\``);

/** Random paragraphs of lines that the host would read as its own, some of them in code. */
export const internalText: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 3, arbitrary: prose }, { weight: 1, arbitrary: fenced }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join("\n\n"));
