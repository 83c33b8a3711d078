import { explain, isErrorCode } from "@databox-cmk/errors";
import type { DayFigures } from "@databox-cmk/protocol";
import { decideLocale, FailureText, useLanguage } from "@databox-cmk/ui";
import {
  makeStyles,
  Switch,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  tokens,
} from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { refusalSeries } from "../core/day-bars.ts";
import { useTexts } from "../texts/texts.ts";
import { DayChart } from "./day-chart.tsx";

const MOST_CODES = 4;

const useStyles = makeStyles({
  charts: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 300px), 1fr))",
    gap: tokens.spacingHorizontalXXL,
  },
  scroll: { overflowX: "auto", maxWidth: "100%" },
  table: { minWidth: "520px" },
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
  const names = days.map(({ day }) =>
    new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" }).format(
      new Date(day),
    ),
  );
  const refusals = refusalSeries(days, MOST_CODES);
  const seconds = days.map(({ relocks }) => (relocks.averageMilliseconds ?? 0) / 1000);
  const plain = (value: number) => new Intl.NumberFormat(locale).format(value);
  return (
    <>
      <Switch
        label={texts.operator.fleet.asTable}
        checked={isTable}
        onChange={(_event, { checked }) => {
          setIsTable(checked);
        }}
      />
      {isTable ? (
        // A scrolling area must be reachable by the keyboard.
        <div className={styles.scroll} tabIndex={0} role="group" aria-label={words.figures}>
          <Table aria-label={words.figures} size="small" className={styles.table}>
            <TableHeader>
              <TableRow>
                {[
                  words.day,
                  words.unlocks,
                  words.refusals,
                  words.vaultOperations,
                  words.relocks,
                ].map((name) => (
                  <TableHeaderCell key={name}>{name}</TableHeaderCell>
                ))}
              </TableRow>
            </TableHeader>
            <TableBody>
              {days.map((day, index) => (
                <TableRow key={day.day}>
                  <TableCell>{names[index]}</TableCell>
                  <TableCell>{plain(day.unlocks)}</TableCell>
                  <TableCell>{plain(sumOf(day))}</TableCell>
                  <TableCell>{plain(day.vaultOperations)}</TableCell>
                  <TableCell>
                    {day.relocks.count === 0 ? "–" : inSeconds.format(seconds[index] ?? 0)}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </div>
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
            series={[{ name: "relocks", values: seconds }]}
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
