import { Checkbox, Select, Textarea } from "@mantine/core";
import { useState } from "react";
import { type Problem, type Schemas, useAsk, useDo } from "../../api/client";
import { FormWindow } from "../../components/FormWindow";
import { Worded } from "../../components/Worded";

interface ColumnFormProps {
  target: string;
  column: string;
  note: Schemas["ColumnFact"] | undefined;
  onClose: () => void;
}

/** Says what a column holds, and whether that is sensitive. */
export function ColumnForm({ target, column, note, onClose }: ColumnFormProps) {
  const [text, setText] = useState(note?.text ?? "");
  const [sensitive, setSensitive] = useState(note?.sensitivity ?? null);
  const [remove, setRemove] = useState(false);
  const { data } = useAsk("classes", {});
  const say = useDo("column");
  const said = text.trim() !== (note?.text ?? "") && text.trim();
  const classed = sensitive !== (note?.sensitivity ?? null) && sensitive;
  const send = () =>
    say.mutate(
      {
        target: { ref: target },
        column,
        text: said || null,
        sensitive: classed || null,
        remove,
      },
      { onSuccess: onClose },
    );
  return (
    <FormWindow
      opened
      size="md"
      title={`Document ${column}`}
      label="Save"
      onClose={onClose}
      onSubmit={send}
      pending={say.isPending}
      unready={!(said || classed || remove)}
    >
      <Textarea
        label="What it holds"
        description="The unit too, and what an empty cell means."
        autosize
        minRows={2}
        data-autofocus
        disabled={remove}
        value={text}
        error={say.error && <Refused problem={say.error} />}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Select
        label="Is it sensitive?"
        description={foundBy(note)}
        placeholder="nobody has said"
        searchable
        allowDeselect={false}
        disabled={remove}
        data={[
          { value: data?.not_sensitive ?? "none", label: "no" },
          ...(data?.classes ?? []).map((one) => ({ value: one, label: one })),
        ]}
        value={sensitive}
        onChange={setSensitive}
      />
      {note && (
        <Checkbox
          size="xs"
          label="Take back all that was said of it"
          checked={remove}
          onChange={({ currentTarget }) => setRemove(currentTarget.checked)}
        />
      )}
    </FormWindow>
  );
}

function Refused({ problem: { message, hint } }: { problem: Problem }) {
  return <Worded>{[message, hint].filter(Boolean).join(" ")}</Worded>;
}

const foundBy = (note: Schemas["ColumnFact"] | undefined) =>
  note?.found_by && note.found_by !== "declared"
    ? `A scan found ${note.sensitivity} by its ${note.found_by}; what you say counts instead.`
    : undefined;
