import { Row, useMediaQuery } from "@databox-cmk/ui";
import {
  Button,
  Dropdown,
  makeStyles,
  mergeClasses,
  Option,
  SearchBox,
  tokens,
  ToolbarButton,
} from "@fluentui/react-components";
import { DismissRegular, FilterRegular } from "@fluentui/react-icons";
import { type ReactElement, type ReactNode, useEffect, useState } from "react";

import { useKeptFocus } from "../focus/focus.ts";
import { useTexts } from "../texts/texts.ts";
import { narrowerThan, ON_NARROW, PHONE_PX } from "./breakpoints.ts";

const TYPING_PAUSE_MS = 250;
const ALL = "all";

const useStyles = makeStyles({
  bar: { marginBlock: tokens.spacingVerticalM },
  search: { width: "360px", maxWidth: "100%", [ON_NARROW]: { width: "100%" } },
  filter: { minWidth: "160px", maxWidth: "100%", [ON_NARROW]: { width: "100%" } },
  idle: { [ON_NARROW]: { display: "none" } },
});

/** Filters of a list; on a narrow screen they fold behind a button below the search. */
export function FilterBar({
  search,
  active,
  children,
}: {
  readonly search: ReactNode;
  /** Number of filters that are set. */
  readonly active: number;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().orders;
  const isNarrow = useMediaQuery(narrowerThan(PHONE_PX));
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Row className={styles.bar} role="search" aria-label={texts.filters}>
      {search}
      {isNarrow && (
        <Button icon={<FilterRegular />} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {texts.setFilters(active)}
        </Button>
      )}
      {(!isNarrow || isOpen) && children}
    </Row>
  );
}

/** Sent when the reader pauses, so that each letter does not cause a request. */
export function SearchFilter({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const styles = useStyles();
  const [typed, setTyped] = useState(value);
  const [sent, setSent] = useState(value);
  const [last, setLast] = useState(value);
  if (value !== last) {
    setLast(value);
    // It comes from elsewhere, such as a link; what is typed since the last pause stays otherwise.
    if (value !== sent) {
      setSent(value);
      setTyped(value);
    }
  }
  useEffect(() => {
    if (typed === sent) return;
    const timer = setTimeout(() => {
      setSent(typed);
      onChange(typed);
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, sent, onChange]);
  return (
    <SearchBox
      className={styles.search}
      placeholder={label}
      aria-label={label}
      value={typed}
      onChange={(_event, data) => setTyped(data.value)}
    />
  );
}

/** One of several values, or all of them. */
export function Filter({
  label,
  value,
  names,
  all,
  onChange,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly names: Readonly<Record<string, string>>;
  /** The meaning of no choice; absent if a choice is required. */
  readonly all?: string;
  readonly onChange: (value: string | undefined) => void;
}): ReactElement {
  const styles = useStyles();
  return (
    <Dropdown
      className={styles.filter}
      aria-label={label}
      value={`${label}: ${value === undefined ? (all ?? "") : (names[value] ?? value)}`}
      selectedOptions={[value ?? ALL]}
      onOptionSelect={(_event, { optionValue }) => {
        onChange(optionValue === ALL ? undefined : optionValue);
      }}
    >
      {all !== undefined && <Option value={ALL}>{all}</Option>}
      {Object.entries(names).map(([each, name]) => (
        <Option key={each} value={each}>
          {name}
        </Option>
      ))}
    </Dropdown>
  );
}

/** A command of a toolbar; it takes no row of a narrow screen while no filter is set. */
export function ClearFilters({
  isFiltered,
  onClear,
}: {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().orders;
  useKeptFocus(isFiltered);
  return (
    <ToolbarButton
      className={mergeClasses(!isFiltered && styles.idle)}
      icon={<DismissRegular />}
      onClick={onClear}
      disabledFocusable={!isFiltered}
    >
      {texts.clearFilters}
    </ToolbarButton>
  );
}
