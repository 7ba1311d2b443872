import { Select, Stack, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { ask, keyOf, type Schemas } from "../../api/client";
import { useView } from "../../app/address";
import { Loading } from "../../components/Page";
import Lines from "./Lines";

const MOST = 20;

/** One figure of all runs, over their steps, in one drawing. */
export default function Overlaid({ of }: { of: Schemas["CompareRunsResponse"] }) {
  const [{ figure }, change] = useView({ figure: "" });
  const runs = of.runs.slice(0, MOST);
  const answers = useQueries({
    queries: runs.map(({ id }) => {
      const request = { target: { ref: `run:${id}` }, most: 400 };
      return {
        queryKey: keyOf("series", request),
        queryFn: ({ signal }: { signal: AbortSignal }) => ask("series", request, signal),
      };
    }),
  });
  if (answers.some(({ isPending }) => isPending)) return <Loading />;
  const told = answers.map(({ data }) => data?.series.filter(({ count }) => count > 1) ?? []);
  const keys = [...new Set(told.flatMap((series) => series.map(({ key }) => key)))];
  const key = keys.includes(figure) ? figure : (keys[0] ?? "");
  if (!key) return <Text c="dimmed">None of these runs measured a figure more than once.</Text>;
  const lines = runs.flatMap(({ id, name, made }, place) =>
    (told[place] ?? [])
      .filter((one) => one.key === key)
      .map(({ split, points }) => ({
        name: [made?.[0] ?? `${name} ${id.slice(0, 13)}`, split].filter(Boolean).join(" "),
        points,
      })),
  );
  return (
    <Stack gap="sm">
      <Select
        label="Figure"
        maw={260}
        data={keys}
        value={key}
        allowDeselect={false}
        onChange={(value) => change({ figure: value ?? "" })}
      />
      {of.runs.length > MOST && <Text c="dimmed">The first {MOST} runs are drawn.</Text>}
      <Lines label={`${key} of the runs over their steps`} lines={lines} height={340} />
    </Stack>
  );
}
