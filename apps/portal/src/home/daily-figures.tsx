import { explain, isErrorCode } from "@databox-cmk/errors";
import type { DayFigures } from "@databox-cmk/protocol";
import { decideLocale, FailureText, useLanguage } from "@databox-cmk/ui";
import { makeStyles, Switch, tokens } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { refusalSeries } from "../core/day-bars.ts";
import { ON_NARROW, PHONE_PX } from "../shell/breakpoints.ts";
import { DataTable } from "../shell/data-table.tsx";
import { useTexts } from "../texts/texts.ts";
import { DayChart } from "./day-chart.tsx";

const MOST_CODES = 4;

const useStyles = makeStyles({
  charts: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 300px), 1fr))",
    gap: tokens.spacingHorizontalXXL,
  },
  // Room for the facts that a narrow screen shows in this column.
  day: { [ON_NARROW]: { width: "60%" } },
});

/** Shows the figures of each of the last days, as charts or as a table. */
export function DailyFigures({ days }: { readonly days: readonly DayFigures[] }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.home;
  const [isTable, setIsTable] = useState(false);
  const locale = decideLocale(useLanguage().language, navigator.languages);
  const inSeconds = new Intl.NumberFormat(locale, {
    style: "unit",
    unit: "second",
    maximumFractionDigits: 1,
  });
  const dayFormat = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  const dayName = (day: string) => dayFormat.format(new Date(day));
  const names = days.map(({ day }) => dayName(day));
  const refusals = refusalSeries(days, MOST_CODES);
  const numberFormat = new Intl.NumberFormat(locale);
  const plain = (value: number) => numberFormat.format(value);
  return (
    <>
      <Switch
        label={texts.ui.asTable}
        checked={isTable}
        onChange={(_event, { checked }) => setIsTable(checked)}
      />
      {isTable ? (
        <DataTable
          label={words.figures}
          wideFrom={PHONE_PX}
          columns={[
            { heading: words.day, className: styles.day, cell: ({ day }) => dayName(day) },
            { heading: words.unlocks, cell: ({ unlocks }) => plain(unlocks) },
            { heading: words.refusals, isWide: true, cell: (day) => plain(sumOf(day)) },
            {
              heading: words.vaultOperations,
              isWide: true,
              cell: ({ vaultOperations }) => plain(vaultOperations),
            },
            {
              heading: words.relocks,
              isWide: true,
              cell: (day) => (day.relocks.count === 0 ? "–" : inSeconds.format(secondsOf(day))),
            },
          ]}
          rows={days}
          keyOf={({ day }) => day}
        />
      ) : (
        <div className={styles.charts}>
          <DayChart
            title={words.unlocks}
            days={names}
            series={[{ name: "unlocks", values: days.map(({ unlocks }) => unlocks) }]}
            tone="good"
            format={plain}
          />
          <DayChart
            title={words.refusals}
            days={names}
            series={refusals}
            tone="bad"
            format={plain}
            legend={refusals.map(({ name }) => (
              <span key={name}>
                {name === "" ? (
                  words.otherCodes
                ) : (
                  <FailureText text={isErrorCode(name) ? explain(name).title : name} />
                )}
              </span>
            ))}
          />
          <DayChart
            title={words.vaultOperations}
            days={names}
            series={[
              {
                name: "vaultOperations",
                values: days.map(({ vaultOperations }) => vaultOperations),
              },
            ]}
            tone="neutral"
            format={plain}
          />
          <DayChart
            title={words.relocks}
            days={names}
            series={[{ name: "relocks", values: days.map(secondsOf) }]}
            tone="neutral"
            format={(value) => inSeconds.format(value)}
          />
        </div>
      )}
    </>
  );
}

function sumOf({ refusals }: DayFigures): number {
  return refusals.reduce((sum, { count }) => sum + count, 0);
}

function secondsOf({ relocks }: DayFigures): number {
  return (relocks.averageMilliseconds ?? 0) / 1000;
}
