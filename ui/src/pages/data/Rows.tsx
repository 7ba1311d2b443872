import { Select, Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { Answered, Empty } from "../../components/Page";
import type { Shown } from "./shown";
import { Waterfall } from "./Waterfall";

/** What became of the rows of a version on their way to a model. */
export function Rows({ target }: Shown) {
  const impact = useAsk("impact", { target: { ref: target } });
  return (
    <Answered
      query={impact}
      empty={({ models }) =>
        models.length === 0 && "No model was made of it, so none of its rows went into one."
      }
    >
      {({ models }) => <Ways target={target} models={models} />}
    </Answered>
  );
}

function Ways({ target, models }: { target: string; models: Schemas["Reached"][] }) {
  const [{ model }, change] = useView({ model: "" });
  const choices = models.map(({ id, title, name, version }) => ({
    value: name && version ? `${name}:${version}` : id,
    label: title,
  }));
  const chosen = choices.find(({ value }) => value === model)?.value ?? choices[0]?.value ?? "";
  const query = useAsk("rows", { target: { ref: chosen }, source: { ref: target } });
  return (
    <Stack gap="md">
      <Select
        label="On the way to"
        maw={320}
        data={choices}
        value={chosen}
        allowDeselect={false}
        onChange={(value) => change({ model: value ?? "" })}
      />
      <Answered query={query}>
        {(answer) => (
          <Stack gap="md">
            <Text fw={500}>{answer.verdict}</Text>
            {answer.stages.length === 0 ? (
              <Empty>The steps between were not seen.</Empty>
            ) : (
              <Waterfall title={answer.title} rows={answer.rows} stages={answer.stages} />
            )}
            {answer.gaps.map((gap) => (
              <Text key={gap} c="dimmed">
                {gap}
              </Text>
            ))}
          </Stack>
        )}
      </Answered>
    </Stack>
  );
}
