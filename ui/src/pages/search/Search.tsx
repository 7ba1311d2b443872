import { Stack, Text } from "@mantine/core";
import { useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { Answered, Empty, Page } from "../../components/Page";

/** What was found by words. */
export default function Search() {
  const [{ q }] = useView({ q: "" });
  const query = useAsk("search", q ? { query: String(q), limit: 50 } : null);
  return (
    <Page title="Search" verdict={query.data?.verdict}>
      {q ? (
        <Answered
          query={query}
          empty={({ hits }) => hits.length === 0 && "Nothing has these words."}
        >
          {({ hits }) => (
            <Stack gap="xs">
              {hits.map((hit) => (
                <Text key={hit.ref}>
                  {hit.title} <span className="quiet">{hit.ref}</span>
                </Text>
              ))}
            </Stack>
          )}
        </Answered>
      ) : (
        <Empty>Say what you look for in the box above.</Empty>
      )}
    </Page>
  );
}
