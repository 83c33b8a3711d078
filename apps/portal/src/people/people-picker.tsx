import { isIdentifier } from "@databox-cmk/protocol";
import {
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

import { useSettled } from "../shell/use-settled.ts";
import { useTexts } from "../texts/texts.ts";
import { useFoundPeople, usePeople } from "./use-people.ts";

/** Value of the line that is not a choice: Fluent's list needs an option to be shown. */
const NONE = "none";

/**
 * Chooses people by the beginning of their names. An object id may be typed instead, for a person
 * whom the directory does not show.
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
  const found = useFoundPeople(useSettled(wanted));
  // Every object id has the form of a tenant's id.
  const isId = isIdentifier("tenantId", wanted);
  const options = isId ? [{ id: wanted.toLowerCase(), name: wanted, signInName: "" }] : found;
  const choices = options.filter(({ id }) => !ids.includes(id));
  return (
    <Field label={label} hint={hint}>
      <TagPicker
        selectedOptions={[...ids]}
        onOptionSelect={(_event, { value, selectedOptions }) => {
          if (value === NONE) return;
          onChange(selectedOptions);
          setTyped("");
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
            onChange={(event) => {
              setTyped(event.target.value);
            }}
          />
        </TagPickerControl>
        <TagPickerList>
          {choices.map(({ id, name, signInName }) => (
            <TagPickerOption key={id} value={id} text={name} secondaryContent={signInName}>
              {name}
            </TagPickerOption>
          ))}
          {choices.length === 0 && (
            <TagPickerOption value={NONE}>
              {wanted === "" ? words.type : words.none}
            </TagPickerOption>
          )}
        </TagPickerList>
      </TagPicker>
    </Field>
  );
}
