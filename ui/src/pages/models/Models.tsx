import { useAsk } from "../../api/client";
import { Answered, Page } from "../../components/Page";
import { many } from "../../components/said";
import { Models } from "./ModelsTable";

/** The list of models. */
export default function ModelsPage() {
  const query = useAsk("models", {});
  const verdict = query.data && `${many(query.data.models.length, "model")} in this store.`;
  return (
    <Page title="Models" verdict={verdict}>
      <Answered
        query={query}
        empty={({ models }) =>
          models.length === 0 && "There is no model yet. Record a training with `forebear run`."
        }
      >
        {({ models }) => <Models rows={models} />}
      </Answered>
    </Page>
  );
}
