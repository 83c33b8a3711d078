import {
  Avatar,
  Field,
  Tag,
  TagPicker,
  TagPickerControl,
  TagPickerGroup,
  TagPickerInput,
  TagPickerList,
  TagPickerOption,
} from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { parseObjectIds } from "../core/object-ids.ts";
import { useSettled } from "../shell/use-settled.ts";
import { useTexts } from "../texts/texts.ts";
import { useFoundPeople, usePeople } from "./use-people.ts";

/** Value of the line that is not a choice: Fluent's list needs an option to be shown. */
const NONE = "none";

/**
 * Chooses people by the beginning of their names. An object id may be typed instead, for a person
 * whom the directory does not show; it counts without being chosen from the list.
 */
export function PeoplePicker({
  label,
  hint,
  ids,
  onChange,
}: {
  readonly label: string;
  readonly hint: string;
  /** Object ids, in lower case. */
  readonly ids: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}): ReactElement {
  const words = useTexts().people;
  const [typed, setTyped] = useState("");
  const wanted = typed.trim();
  const people = usePeople(ids);
  const settled = useSettled(wanted);
  const found = useFoundPeople(settled === wanted ? settled : undefined);
  const typedIds = parseObjectIds(typed);
  const options =
    typedIds.length > 0 ? typedIds.map((id) => ({ id, name: id, signInName: "" })) : found.people;
  const choices = options.filter(({ id }) => !ids.includes(id));
  const choose = (chosen: readonly string[]) => {
    onChange([...new Set([...chosen, ...typedIds])]);
    setTyped("");
  };
  return (
    <Field label={label} hint={hint}>
      <TagPicker
        selectedOptions={[...ids]}
        onOptionSelect={(_event, { value, selectedOptions }) => {
          if (value === NONE) return;
          choose(selectedOptions);
        }}
      >
        <TagPickerControl expandIcon={null}>
          <TagPickerGroup aria-label={label}>
            {ids.map((id) => (
              <Tag key={id} value={id} shape="rounded" title={id}>
                {people.get(id)?.name ?? id}
              </Tag>
            ))}
          </TagPickerGroup>
          <TagPickerInput
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onPaste={(event) => {
              const pasted = parseObjectIds(event.clipboardData.getData("text"));
              if (pasted.length === 0) return;
              // The field would join lines.
              event.preventDefault();
              onChange([...new Set([...ids, ...pasted])]);
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || typedIds.length === 0) return;
              event.preventDefault();
              choose(ids);
            }}
            onBlur={() => {
              if (typedIds.length > 0) choose(ids);
            }}
          />
        </TagPickerControl>
        <TagPickerList>
          {choices.map(({ id, name, signInName }) => (
            <TagPickerOption
              key={id}
              value={id}
              text={name}
              // Without one, Fluent puts the second line below the end of the first.
              media={<Avatar name={name} color="colorful" aria-hidden />}
              secondaryContent={signInName}
            >
              {name}
            </TagPickerOption>
          ))}
          {choices.length === 0 && (
            <TagPickerOption value={NONE}>
              {wanted === ""
                ? words.type
                : words.found[options.length > 0 ? "chosen" : found.state]}
            </TagPickerOption>
          )}
        </TagPickerList>
      </TagPicker>
    </Field>
  );
}
