export type Bar = { readonly name: string; readonly value: number };
export type BarsFrame = {
  readonly title: string;
  readonly unit: string;
  /** A value that is marked by a line through all bars. */
  readonly reference?: number;
};

const WIDTH = 760;
const NAMES_WIDTH = 330;
const FIGURES_WIDTH = 90;
const BAR_HEIGHT = 18;
const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 40;

/**
 * Horizontal bars as SVG; no background and middling colours, so that it reads on a light page and
 * on a dark one.
 */
export function renderBars({ title, unit, reference }: BarsFrame, bars: readonly Bar[]): string {
  const height = HEAD_HEIGHT + bars.length * ROW_HEIGHT + 8;
  const largest = Math.max(reference ?? 0, ...bars.map(({ value }) => value), Number.MIN_VALUE);
  const widthOf = (value: number): number =>
    round((value / largest) * (WIDTH - NAMES_WIDTH - FIGURES_WIDTH));
  const rows = bars.map(({ name, value }, index) => {
    const top = HEAD_HEIGHT + index * ROW_HEIGHT;
    const baseline = top + BAR_HEIGHT - 4;
    return [
      `  <text x="${String(NAMES_WIDTH - 10)}" y="${String(baseline)}" text-anchor="end">${escape(name)}</text>`,
      `  <rect x="${String(NAMES_WIDTH)}" y="${String(top)}" width="${String(widthOf(value))}" height="${String(BAR_HEIGHT)}" rx="2" fill="#3f88c5"/>`,
      `  <text x="${String(NAMES_WIDTH + widthOf(value) + 8)}" y="${String(baseline)}">${figure(value)} ${escape(unit)}</text>`,
    ].join("\n");
  });
  const line =
    reference === undefined
      ? []
      : [
          `  <line x1="${String(NAMES_WIDTH + widthOf(reference))}" y1="${String(HEAD_HEIGHT - 6)}" x2="${String(NAMES_WIDTH + widthOf(reference))}" y2="${String(height - 6)}" stroke="#808891" stroke-dasharray="4 3"/>`,
        ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(height)}" role="img" aria-label="${escape(title)}" font-family="system-ui, sans-serif" font-size="13" fill="#808891">`,
    `  <text x="${String(NAMES_WIDTH)}" y="20" font-size="15" font-weight="600">${escape(title)}</text>`,
    ...rows,
    ...line,
    "</svg>",
    "",
  ].join("\n");
}

export const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

export const figure = (value: number): string =>
  value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0 });

const round = (value: number): number => Math.round(value * 10) / 10;
