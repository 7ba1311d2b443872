import { useAsk } from "../../api/client";
import { Answered, Page, Section } from "../../components/Page";
import { Models } from "../models/ModelsTable";

/** The first page: the models that there are. */
export default function Home() {
  const models = useAsk("models", {});
  return (
    <Page title="Home">
      <Section title="Models">
        <Answered
          query={models}
          empty={({ models }) =>
            models.length === 0 && "There is no model yet. Record a training with `forebear run`."
          }
        >
          {({ models }) => <Models rows={models} />}
        </Answered>
      </Section>
    </Page>
  );
}
