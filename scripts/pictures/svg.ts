// A chat as its reader sees it, as an SVG file: bubbles with text, and the buttons below them. Text stays text.
import { xmlText } from "../../test/support/xml.ts";

export interface Shown {
  who: "bot" | "person";
  text: string;
  buttons: string[][];
}

const WIDTH = 560;
const BUBBLE = 440;
const COLUMNS = 60;
const LINE = 18;
const PAD = 12;
const GAP = 10;
const BUTTON = 32;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]|\p{Emoji_Presentation}/u;

export function chatSvg(title: string, messages: readonly Shown[]): string {
  const drawn: string[] = [];
  let top = GAP;
  for (const message of messages) {
    const { svg, height } = bubble(message, top);
    drawn.push(svg);
    top += height + GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}" role="img">`,
    `<title>${xmlText(title)}</title>`,
    `<rect width="${WIDTH}" height="${top}" rx="10" fill="#dfe7ec"/>`,
    '<g font-family="system-ui, Segoe UI, Helvetica, Arial, sans-serif" font-size="13">',
    ...drawn,
    "</g>",
    "</svg>\n",
  ].join("\n");
}

function bubble({ who, text, buttons }: Shown, top: number): { svg: string; height: number } {
  const lines = text.split("\n").flatMap(wrapped);
  const longest = Math.max(...lines.map(columns), 1);
  const width = buttons.length > 0 ? BUBBLE : Math.min(BUBBLE, longest * 7.3 + 2 * PAD);
  const left = who === "bot" ? GAP : WIDTH - GAP - width;
  const height = lines.length * LINE + 2 * PAD - 4;
  const fill = who === "bot" ? "#ffffff" : "#e3ffcb";
  const rows = lines.map((line, at) => {
    const y = top + PAD + (at + 1) * LINE - 6;
    return `<text x="${left + PAD}" y="${y}" fill="#1b2a33" xml:space="preserve">${xmlText(line)}</text>`;
  });
  const pressable = buttons.flatMap((row, at) =>
    row.map((label, index) =>
      button({ label, of: row.length, index, left, width, top: top + height + 4 + at * (BUTTON + 4) }),
    ),
  );
  const rect = `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="10" fill="${fill}"/>`;
  return { svg: [rect, ...rows, ...pressable].join("\n"), height: height + buttons.length * (BUTTON + 4) };
}

function button(o: {
  label: string;
  of: number;
  index: number;
  left: number;
  width: number;
  top: number;
}): string {
  const width = (o.width - (o.of - 1) * 4) / o.of;
  const x = o.left + o.index * (width + 4);
  const middle = { x: x + width / 2, y: o.top + BUTTON / 2 + 5 };
  return [
    `<rect x="${x}" y="${o.top}" width="${width}" height="${BUTTON}" rx="8" fill="#8fa8b8"/>`,
    `<text x="${middle.x}" y="${middle.y}" fill="#ffffff" font-weight="600" text-anchor="middle">${xmlText(o.label)}</text>`,
  ].join("\n");
}

function wrapped(line: string): string[] {
  const rows: string[] = [];
  let row = "";
  for (const word of line.split(/(?<= )/).flatMap(pieces)) {
    if (row !== "" && columns(row + word.trimEnd()) > COLUMNS) {
      rows.push(row.trimEnd());
      row = "";
    }
    row += word;
  }
  return [...rows, row.trimEnd()];
}

function pieces(word: string): string[] {
  return word.match(new RegExp(`.{1,${COLUMNS}}`, "gsu")) ?? [];
}

function columns(text: string): number {
  return [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : 1), 0);
}
