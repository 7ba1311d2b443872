import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Search } from "lucide-react";
import { usePages } from "../../api/pages";
import { useView } from "../../app/address";
import { More } from "../../components/More";
import { Answered, Page } from "../../components/Page";
import { many } from "../../components/said";
import { Models } from "./ModelsTable";

const PAGE = 100;

/** The list of models, a page at a time. */
export default function ModelsPage() {
  const [{ filter }, change] = useView({ filter: "" });
  const [name] = useDebouncedValue(String(filter).trim(), 200);
  const query = usePages("models", { name: name || null, limit: PAGE }, ({ next }) =>
    next ? { after: next } : null,
  );
  const count = query.data?.pages[0]?.count;
  return (
    <Page
      title="Models"
      verdict={Boolean(count) && said(count ?? 0, name)}
      actions={
        <TextInput
          aria-label="Name contains"
          placeholder="Name contains …"
          leftSection={<Search size={13} />}
          value={String(filter)}
          onChange={({ currentTarget }) => change({ filter: currentTarget.value })}
        />
      }
    >
      <Answered query={query} empty={() => count === 0 && nothing(name)}>
        {({ pages }) => (
          <Models rows={pages.flatMap(({ models }) => models)} partly={query.hasNextPage} />
        )}
      </Answered>
      <More query={query} />
    </Page>
  );
}

const nothing = (name: string) =>
  name
    ? `No model has “${name}” in its name.`
    : "There is no model yet. Record a training with `forebear run`.";

function said(count: number, name: string): string {
  if (!name) return `${many(count, "model")}, the last changed first.`;
  return `${many(count, "model")} ${count === 1 ? "has" : "have"} “${name}” in the name.`;
}
