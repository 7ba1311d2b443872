import { useDebouncedValue } from "@mantine/hooks";
import {
  Spotlight,
  type SpotlightActionData,
  type SpotlightActionGroupData,
} from "@mantine/spotlight";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useState } from "react";
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
  const hits = found.data?.hits ?? [];
  const things: SpotlightActionData[] = hits.map((hit) => ({
    id: hit.ref,
    label: hit.title,
    description: `${hit.kind}, ${hit.matched[0]?.text ?? hit.ref}`,
    // The server has found it by words that its title may not have.
    keywords: asked,
    onClick: () => go(addressOf(hit.ref)),
  }));
  const lineages: SpotlightActionData[] = hits
    .filter(({ kind }) => kind === "model" || kind === "data")
    .map(({ ref, title }) => ({
      id: `lineage ${ref}`,
      label: `Lineage of ${title}`,
      keywords: asked,
      onClick: () => go({ to: "/lineage", search: { target: ref } }),
    }));
  const groups: SpotlightActionGroupData[] = [
    { group: "Found", actions: things },
    { group: "Lineage", actions: lineages },
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
      attributes={{ content: { "aria-label": "Go to" } }}
      searchProps={{ placeholder: "Go to …", "aria-label": "Go to", onKeyDown: takeFirst }}
    />
  );
}

/** Take the first entry by Enter; what comes from the server is not selected by itself. */
function takeFirst({ key, currentTarget }: KeyboardEvent<HTMLInputElement>) {
  const list = currentTarget.closest('[role="dialog"]');
  if (key === "Enter" && !list?.querySelector("[data-selected]")) {
    list?.querySelector<HTMLElement>("button")?.click();
  }
}
