import { Autocomplete } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useAsk } from "../../api/client";

interface TargetBoxProps {
  label: string;
  start: string;
  onPick: (ref: string) => void;
}

/** A field for a ref; what the store knows by such words is proposed. */
export function TargetBox({ label, start, onPick }: TargetBoxProps) {
  const [words, setWords] = useState(start);
  const [asked] = useDebouncedValue(words.trim(), 200);
  const search = useAsk(
    "search",
    asked.length > 1 && asked !== start && /\w/.test(asked) ? { query: asked, limit: 8 } : null,
  );
  const hits = search.data?.hits ?? [];
  return (
    <Autocomplete
      size="xs"
      w={270}
      aria-label={label}
      placeholder={`${label}: churn@champion, data:adult`}
      value={words}
      onChange={setWords}
      data={[...new Set(hits.map(({ ref }) => ref))]}
      filter={({ options }) => options}
      renderOption={({ option }) => {
        const hit = hits.find(({ ref }) => ref === option.value);
        return `${hit?.title ?? option.value} (${hit?.kind ?? "thing"})`;
      }}
      onOptionSubmit={onPick}
      onKeyDown={(event) => {
        if (event.key === "Enter" && words.trim() !== "" && !event.defaultPrevented) {
          onPick(words.trim());
        }
      }}
    />
  );
}
