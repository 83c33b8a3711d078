import type { Plot } from "./bench-result.ts";
import { escape, figure } from "./render-bars.ts";

const WIDTH = 760;
const HEIGHT = 260;
const LEFT = 80;
const RIGHT = 20;
const TOP = 62;
const BOTTOM = 34;
const COLOURS = ["#3f88c5", "#d1495b", "#8f7a2b"] as const;

/** Numbers over time as SVG; like the bars, it reads on a light page and on a dark one. */
export function renderLines({ title, untilSeconds, curves }: Plot): string {
  const shown = curves.map(({ label, points }) => ({
    label,
    points: points.filter(([seconds]) => seconds <= untilSeconds),
  }));
  const all = shown.flatMap(({ points }) => points);
  const largest = Math.max(1, ...all.map(([, count]) => count));
  const last = Math.max(1, ...all.map(([seconds]) => seconds));
  const x = (seconds: number): number => round(LEFT + (seconds / last) * (WIDTH - LEFT - RIGHT));
  const y = (count: number): number =>
    round(HEIGHT - BOTTOM - (count / largest) * (HEIGHT - TOP - BOTTOM));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" role="img" aria-label="${escape(title)}" font-family="system-ui, sans-serif" font-size="13" fill="#808891">`,
    text(LEFT, 20, title, ' font-size="15" font-weight="600"'),
    ...shown.map(({ label }, index) =>
      text(LEFT + index * 210, 44, `— ${label}`, ` fill="${colourOf(index)}"`),
    ),
    ...[0, 0.5, 1].flatMap((part) => [
      `  <line x1="${String(LEFT)}" x2="${String(WIDTH - RIGHT)}" y1="${String(y(part * largest))}" y2="${String(y(part * largest))}" stroke="#808891" stroke-opacity="0.4"/>`,
      text(LEFT - 8, y(part * largest) + 4, figure(part * largest), ' text-anchor="end"'),
      text(x(part * last), HEIGHT - 12, `${figure(part * last)} s`, ' text-anchor="middle"'),
    ]),
    ...shown.map(
      ({ points }, index) =>
        `  <polyline fill="none" stroke="${colourOf(index)}" stroke-width="2" points="${points.map(([seconds, count]) => `${String(x(seconds))},${String(y(count))}`).join(" ")}"/>`,
    ),
    "</svg>",
    "",
  ].join("\n");
}

const colourOf = (index: number): string => COLOURS[index % COLOURS.length] ?? COLOURS[0];
const round = (value: number): number => Math.round(value * 10) / 10;

const text = (left: number, top: number, words: string, more = ""): string =>
  `  <text x="${String(left)}" y="${String(top)}"${more}>${escape(words)}</text>`;
