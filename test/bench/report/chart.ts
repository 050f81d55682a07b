// The chart: one group of bars for each measure, each group on a scale of its own, as SVG.
import { xmlText } from "../../support/xml.ts";
import type { SideName } from "../sides/side.ts";
import type { Measure, Result } from "./result.ts";

const SIDES: readonly SideName[] = ["floor", "acpx", "ours"];
const COLOURS: Record<SideName, string> = { floor: "#9aa5b1", acpx: "#d9822b", ours: "#2f7d5b" };
const [WIDTH, LABEL, BAR_HEIGHT, GAP, TOP] = [900, 400, 12, 14, 44];
const BARS = WIDTH - LABEL - 110;

export function chart({ measures, versions }: Result): string {
  const group = SIDES.length * BAR_HEIGHT + GAP;
  const height = TOP + measures.length * group + 30;
  const legend = SIDES.map(
    (side, at) =>
      `<rect x="${LABEL + at * 90}" y="14" width="12" height="12" fill="${COLOURS[side]}"/>` +
      text({ x: LABEL + 18 + at * 90, y: 24, words: side }),
  );
  const groups = measures.map((measure, at) => groupOf(measure, TOP + at * group));
  const foot = `Each measure on its own scale, shorter is better; the line is ours' limit. ${versions.machine}, ${versions.date}.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">`,
    "<title>Each measure for the floor, acpx and ours</title>",
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...legend,
    ...groups,
    text({ x: 10, y: height - 10, words: foot, colour: "#66727f" }),
    "</svg>\n",
  ].join("\n");
}

function groupOf(measure: Measure, y: number): string {
  const known = SIDES.flatMap((side) => measure[side] ?? []);
  const most = Math.max(...known, measure.limit ?? 0, 1);
  const width = (value: number) => Math.max(1, (value / most) * BARS);
  const bars = SIDES.flatMap((side, at) => {
    const value = measure[side];
    if (value === null) return [];
    const top = y + at * BAR_HEIGHT;
    return [
      `<rect x="${LABEL}" y="${top}" width="${width(value).toFixed(1)}" height="${BAR_HEIGHT - 2}" fill="${COLOURS[side]}"/>`,
      text({
        x: LABEL + width(value) + 5,
        y: top + 9,
        words: `${Math.round(value * 10) / 10} ${measure.unit}`,
      }),
    ];
  });
  const limit =
    measure.limit === null
      ? []
      : [
          `<rect x="${(LABEL + width(measure.limit)).toFixed(1)}" y="${y - 2}" width="1" height="${SIDES.length * BAR_HEIGHT + 2}" fill="#c0392b"/>`,
        ];
  return [text({ x: 10, y: y + BAR_HEIGHT + 8, words: measure.what }), ...bars, ...limit].join("\n");
}

function text(o: { x: number; y: number; words: string; colour?: string }): string {
  return `<text x="${o.x.toFixed(1)}" y="${o.y.toFixed(1)}" fill="${o.colour ?? "#222b33"}">${xmlText(o.words)}</text>`;
}
