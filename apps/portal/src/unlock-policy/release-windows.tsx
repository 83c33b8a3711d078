import { type ReleaseWindow, type WeekDay } from "@databox-cmk/protocol";
import { Row } from "@databox-cmk/ui";
import {
  Button,
  Card,
  Checkbox,
  Combobox,
  Field,
  Input,
  makeStyles,
  Option,
  Text,
} from "@fluentui/react-components";
import { AddRegular, DeleteRegular } from "@fluentui/react-icons";
import { type ReactElement, useMemo, useState } from "react";

import { newWindow } from "../core/policy-draft.ts";
import { useTexts } from "../texts/texts.ts";

const MOST_WINDOWS = 21;
const SHOWN_ZONES = 50;
const DAYS: readonly WeekDay[] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const useStyles = makeStyles({
  days: { display: "flex", flexWrap: "wrap" },
  zone: { minWidth: 0, width: "260px", maxWidth: "100%" },
  button: { alignSelf: "start" },
});

/** When keys are released; no window means at any time. */
export function ReleaseWindows({
  windows,
  onChange,
}: {
  readonly windows: readonly ReleaseWindow[];
  readonly onChange: (windows: ReleaseWindow[]) => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().unlockPolicy;
  return (
    <>
      <Text>{windows.length === 0 ? texts.anyTime : texts.windowsHint}</Text>
      {windows.map((window, index) => (
        <WindowCard
          // A window has no name, and keeps its place while it is edited.
          key={`${String(index)}/${String(windows.length)}`}
          label={texts.window(index + 1)}
          window={window}
          onChange={(changed) => onChange(windows.with(index, changed))}
          onRemove={() => onChange(windows.toSpliced(index, 1))}
        />
      ))}
      <Button
        className={styles.button}
        icon={<AddRegular />}
        disabled={windows.length >= MOST_WINDOWS}
        onClick={() => {
          onChange([...windows, newWindow(Intl.DateTimeFormat().resolvedOptions().timeZone)]);
        }}
      >
        {texts.addWindow}
      </Button>
    </>
  );
}

function WindowCard({
  label,
  window,
  onChange,
  onRemove,
}: {
  readonly label: string;
  readonly window: ReleaseWindow;
  readonly onChange: (window: ReleaseWindow) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().unlockPolicy;
  return (
    <Card role="group" aria-label={label}>
      <Text weight="semibold">{label}</Text>
      <div className={styles.days}>
        {DAYS.map((day) => (
          <Checkbox
            key={day}
            label={texts.days[day]}
            checked={window.days.includes(day)}
            onChange={(_event, { checked }) => {
              onChange({
                ...window,
                days: DAYS.filter((each) =>
                  each === day ? checked === true : window.days.includes(each),
                ),
              });
            }}
          />
        ))}
      </div>
      <Row gap="M">
        {(["from", "to"] as const).map((end) => (
          <Field key={end} label={texts[end]}>
            <Input
              type="time"
              value={window[end]}
              onChange={(_event, { value }) => onChange({ ...window, [end]: value })}
            />
          </Field>
        ))}
        <TimeZone
          value={window.timeZone}
          onChange={(timeZone) => onChange({ ...window, timeZone })}
        />
      </Row>
      <Button className={styles.button} icon={<DeleteRegular />} onClick={onRemove}>
        {texts.removeWindow(label)}
      </Button>
    </Card>
  );
}

function TimeZone({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().unlockPolicy;
  const [typed, setTyped] = useState(value);
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone")], []);
  const isTyping = typed !== value;
  const shown = isTyping
    ? zones.filter((zone) => zone.toLowerCase().includes(typed.toLowerCase()))
    : zones.filter((zone) => zone.split("/")[0] === value.split("/")[0]);
  return (
    <Field label={texts.timeZone}>
      <Combobox
        className={styles.zone}
        value={typed}
        selectedOptions={[value]}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => setTyped(value)}
        onOptionSelect={(_event, { optionValue }) => {
          if (optionValue === undefined) return;
          setTyped(optionValue);
          onChange(optionValue);
        }}
      >
        {shown.slice(0, SHOWN_ZONES).map((zone) => (
          <Option key={zone} value={zone}>
            {zone}
          </Option>
        ))}
      </Combobox>
    </Field>
  );
}
