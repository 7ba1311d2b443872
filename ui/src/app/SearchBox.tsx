import { Kbd, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useRef, useState } from "react";

/** The search over everything; `/` goes there from anywhere. */
export function SearchBox() {
  const field = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState("");
  const navigate = useNavigate();
  useHotkeys([["/", () => field.current?.focus()]]);
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (words.trim()) void navigate({ to: "/search", search: { q: words.trim() } as never });
        }}
      >
        <TextInput
          ref={field}
          aria-label="Search everything"
          placeholder="Search models, data, runs, columns …"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          leftSection={<Search size={14} />}
          rightSection={<Kbd size="xs">/</Kbd>}
        />
      </form>
    </search>
  );
}
