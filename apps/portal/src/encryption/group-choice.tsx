import { isIdentifier } from "@databox-cmk/protocol";
import { Link } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { Choice, TextField } from "../shell/fields.tsx";
import { useTexts } from "../texts/texts.ts";
import { isGroupNameTaken, useResourceGroups } from "./use-azure.ts";

export type WantedGroup = { readonly name: string; readonly isNew: boolean };

/**
 * An existing resource group, or the name of a new one, which is created together with its
 * contents.
 */
export function GroupChoice({
  subscriptionId,
  group,
  onChange,
}: {
  readonly subscriptionId: string;
  readonly group: WantedGroup | undefined;
  readonly onChange: (group: WantedGroup | undefined) => void;
}): ReactElement {
  const texts = useTexts();
  const groups = useResourceGroups(subscriptionId);
  const [isNew, setIsNew] = useState(false);
  const [name, setName] = useState("");
  const isValid = isIdentifier("resourceGroup", name);
  const isTaken = isGroupNameTaken(groups.data, name);
  const toggle = (label: string) => (
    <Link
      as="button"
      onClick={() => {
        setIsNew(!isNew);
        onChange(undefined);
        setName("");
      }}
    >
      {label}
    </Link>
  );
  if (!isNew)
    return (
      <Choice
        label={texts.orders.group}
        value={group?.name}
        isLoading={groups.isPending}
        options={(groups.data ?? []).map(({ name: each }) => ({ value: each, name: each }))}
        onChange={(chosen) => onChange({ name: chosen, isNew: false })}
        extra={toggle(texts.encryption.createGroup)}
      />
    );
  return (
    <div>
      <TextField
        label={texts.encryption.newGroup}
        problem={
          isTaken
            ? texts.encryption.groupNameTaken
            : name !== "" && !isValid
              ? texts.encryption.groupNameRule
              : undefined
        }
        isRequired
        value={name}
        onChange={(value) => {
          setName(value);
          const isFree = !isGroupNameTaken(groups.data, value);
          onChange(
            isIdentifier("resourceGroup", value) && isFree
              ? { name: value, isNew: true }
              : undefined,
          );
        }}
      />
      {toggle(texts.encryption.existingGroup)}
    </div>
  );
}
