import { SimpleGrid } from "@mantine/core";
import { useAsk } from "../../api/client";
import { Answered, Page, Section } from "../../components/Page";
import { Models } from "../models/ModelsTable";
import { Concerns } from "./Concerns";
import { Live } from "./Live";

/** What needs attention now, what is in use, and what changed last. */
export default function Home() {
  const attention = useAsk("attention", {});
  const models = useAsk("models", { limit: 8 });
  return (
    <Page title="Home" verdict={attention.data?.verdict}>
      <Section title="Needs attention">
        <Answered
          query={attention}
          empty={({ concerns }) => concerns.length === 0 && "Nothing: all that is in use is well."}
        >
          {({ concerns }) => <Concerns rows={concerns} />}
        </Answered>
      </Section>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
        <Section title="In use">
          <Live />
        </Section>
        <Section title="Changed last">
          <Answered
            query={models}
            empty={({ models: rows }) =>
              rows.length === 0 && "There is no model yet. Record a training with `forebear run`."
            }
          >
            {({ models: rows }) => <Models rows={rows} brief />}
          </Answered>
        </Section>
      </SimpleGrid>
    </Page>
  );
}
