import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { type Series, stackBars } from "../core/day-bars.ts";
import { useTexts } from "../texts/texts.ts";

const HEIGHT = 100;
const DAY_WIDTH = 20;
const GAP = 4;

const useStyles = makeStyles({
  chart: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXS, margin: 0 },
  plot: {
    display: "block",
    width: "100%",
    height: "120px",
    borderBlockEndWidth: "1px",
    borderBlockEndStyle: "solid",
    borderBlockEndColor: tokens.colorNeutralStroke1,
  },
  scale: {
    display: "flex",
    justifyContent: "space-between",
    color: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase200,
  },
  legend: { display: "flex", flexWrap: "wrap", columnGap: tokens.spacingHorizontalL },
  entry: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  key: { width: "10px", height: "10px", flexShrink: 0 },
});
// Bars keep their colours in forced-colours mode: the table has the numbers as text.
const useTones = makeStyles({
  good: { fill: tokens.colorBrandBackground },
  neutral: { fill: tokens.colorNeutralForeground3 },
  bad0: { fill: tokens.colorStatusDangerBackground3 },
  bad1: { fill: tokens.colorPaletteMarigoldBackground3 },
  bad2: { fill: tokens.colorPaletteBerryBackground3 },
});
const BAD = ["bad0", "bad1", "bad2", "neutral"] as const;

/** One bar for each day; the highest value is written above, the first and last day below. */
export function DayChart({
  title,
  days,
  series,
  tone,
  format,
  legend,
}: {
  readonly title: string;
  readonly days: readonly string[];
  readonly series: readonly Series[];
  readonly tone: "good" | "bad" | "neutral";
  readonly format: (value: number) => string;
  /** One entry for each series. */
  readonly legend?: readonly ReactNode[];
}): ReactElement {
  const styles = useStyles();
  const tones = useTones();
  const words = useTexts().home;
  const { bars, top } = stackBars(series, HEIGHT);
  const toneOf = (index: number) =>
    tones[tone === "bad" ? (BAD[index % BAD.length] ?? "neutral") : tone];
  const textOf = (day: number) =>
    `${days[day] ?? ""}: ${format(series.reduce((sum, { values }) => sum + (values[day] ?? 0), 0))}`;
  const described = days.map((_day, index) => textOf(index)).join("; ");
  return (
    <figure className={styles.chart} aria-label={title}>
      <Text as="h3" weight="semibold" size={300}>
        {title}
      </Text>
      {top === 0 ? (
        <Text>{words.none}</Text>
      ) : (
        <>
          <div className={styles.scale}>{words.highest(format(top))}</div>
          <svg
            role="img"
            aria-label={described}
            className={styles.plot}
            viewBox={`0 0 ${String(days.length * DAY_WIDTH)} ${String(HEIGHT)}`}
            preserveAspectRatio="none"
          >
            {bars.map(({ day, series: index, y, height }) => (
              <rect
                key={`${String(day)} ${String(index)}`}
                x={day * DAY_WIDTH + GAP / 2}
                width={DAY_WIDTH - GAP}
                y={y}
                height={height}
                className={toneOf(index)}
              >
                <title>{textOf(day)}</title>
              </rect>
            ))}
          </svg>
          <div className={styles.scale}>
            <span>{days[0]}</span>
            <span>{days.at(-1)}</span>
          </div>
          {legend !== undefined && (
            <div className={styles.legend}>
              {legend.map((entry, index) => (
                <span key={index} className={styles.entry}>
                  <svg className={styles.key} viewBox="0 0 1 1" aria-hidden>
                    <rect width={1} height={1} className={toneOf(index)} />
                  </svg>
                  {entry}
                </span>
              ))}
            </div>
          )}
        </>
      )}
    </figure>
  );
}
