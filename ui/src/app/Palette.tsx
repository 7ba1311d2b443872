import { useDebouncedValue } from "@mantine/hooks";
import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAsk } from "../api/client";
import { type Address, addressOf } from "../components/Go";
import { areas } from "./area";

/** The command palette (Ctrl-K): go to a page, or to anything that is found by words. */
export default function Palette() {
  const [words, setWords] = useState("");
  const [asked] = useDebouncedValue(words.trim(), 200);
  const navigate = useNavigate();
  const go = ({ to, search }: Address) => void navigate({ to, search: search as never });
  const found = useAsk("search", asked.length > 1 ? { query: asked, limit: 8 } : null);
  const pages: SpotlightActionData[] = areas
    .flatMap((area) => area.nav ?? [])
    .sort((one, other) => one.order - other.order)
    .map(({ label, to }) => ({ id: to, label: `Go to ${label}`, onClick: () => go({ to }) }));
  const things: SpotlightActionData[] = (found.data?.hits ?? []).flatMap((hit) => [
    {
      id: hit.ref,
      label: hit.title,
      description: `${hit.kind}, ${hit.matched[0]?.text ?? hit.ref}`,
      // The server has found it by words that its title may not have.
      keywords: asked,
      onClick: () => go(addressOf(hit.ref)),
    },
    {
      id: `lineage ${hit.ref}`,
      label: `Lineage of ${hit.title}`,
      keywords: asked,
      onClick: () => go({ to: "/lineage", search: { target: hit.ref } }),
    },
  ]);
  const groups: SpotlightActionGroupData[] = [
    { group: "Found", actions: things },
    { group: "Pages", actions: pages },
  ];
  return (
    <Spotlight
      actions={groups.filter(({ actions }) => actions.length > 0)}
      query={words}
      onQueryChange={setWords}
      shortcut={["mod + K"]}
      limit={20}
      scrollable
      nothingFound={asked.length > 1 && found.isFetching ? "Looking …" : "Nothing has these words."}
      searchProps={{ placeholder: "Go to …", "aria-label": "Go to" }}
    />
  );
}
