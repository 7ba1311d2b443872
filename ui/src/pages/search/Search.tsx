import { Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { Go } from "../../components/Go";
import { Verdict } from "../../components/marks";
import { Answered, Empty, Page } from "../../components/Page";
import { many } from "../../components/said";

const KINDS = ["all", "model", "data", "run", "file"] as const;

/** What was found by words, with the texts that answer. */
export default function Search() {
  const [{ q, kind }, change] = useView({ q: "", kind: "all" });
  const only = KINDS.find((one) => one !== "all" && one === kind) as
    | Schemas["Hit"]["kind"]
    | undefined;
  const query = useAsk("search", q ? { query: String(q), limit: 50, kind: only ?? null } : null);
  return (
    <Page
      title={q ? `Search for “${q}”` : "Search"}
      verdict={query.data?.verdict}
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Kind"
          data={[...KINDS]}
          value={String(kind)}
          onChange={(value) => change({ kind: value })}
        />
      }
    >
      {q ? (
        <Answered
          query={query}
          empty={({ hits }) => hits.length === 0 && "Nothing has these words."}
        >
          {({ hits, count }) => (
            <Stack gap="sm">
              {hits.map((hit) => (
                <Found key={hit.ref} hit={hit} />
              ))}
              {count > hits.length && (
                <Text c="dimmed">
                  and {many(count - hits.length, "thing")} more; say more words.
                </Text>
              )}
            </Stack>
          )}
        </Answered>
      ) : (
        <Empty>Say what you look for in the box above.</Empty>
      )}
    </Page>
  );
}

function Found({ hit: { ref, title, kind, matched } }: { hit: Schemas["Hit"] }) {
  return (
    <div>
      <Group gap="xs">
        <Go at={ref}>{title}</Go>
        <Verdict tone="none">{kind}</Verdict>
      </Group>
      {matched.slice(0, 4).map(({ field, key, text }) => (
        <Text key={`${field} ${key} ${text}`} fz="xs" className="wrap">
          <span className="quiet">
            {field} {key}
          </span>{" "}
          {text}
        </Text>
      ))}
    </div>
  );
}
