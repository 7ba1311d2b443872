import { TextInput } from "@mantine/core";
import { useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { Answered, Empty, Page } from "../../components/Page";
import { many } from "../../components/said";
import { Models } from "./ModelsTable";

/** The list of models. */
export default function ModelsPage() {
  const [{ filter }, change] = useView({ filter: "" });
  const query = useAsk("models", {});
  const words = String(filter).toLowerCase();
  return (
    <Page
      title="Models"
      verdict={query.data && `${many(query.data.models.length, "model")}, the last changed first.`}
      actions={
        <TextInput
          aria-label="Only names with"
          placeholder="Only names with …"
          value={String(filter)}
          onChange={({ currentTarget }) => change({ filter: currentTarget.value })}
        />
      }
    >
      <Answered
        query={query}
        empty={({ models }) =>
          models.length === 0 && "There is no model yet. Record a training with `forebear run`."
        }
      >
        {({ models }) => {
          const shown = models.filter(({ name }) => name.toLowerCase().includes(words));
          return shown.length > 0 ? (
            <Models rows={shown} />
          ) : (
            <Empty>No model has “{words}” in its name.</Empty>
          );
        }}
      </Answered>
    </Page>
  );
}
