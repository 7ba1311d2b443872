import { Select, Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { Answered, Empty, Section } from "../../components/Page";
import type { Shown } from "./shown";
import { Waterfall } from "./Waterfall";

/** What became of rows: on the way to this version, and from it to the models. */
export function Rows({ target, one }: Shown) {
  const made = one.made_by.length > 0 || one.derived_from.length > 0;
  return (
    <Stack gap="xl">
      {made && (
        <Section title="On the way to it" note="what is left of the rows of its source">
          <Upwards target={target} />
        </Section>
      )}
      <Section title="From it to models" note="what models learned from of its rows">
        <Downwards target={target} />
      </Section>
    </Stack>
  );
}

function Upwards({ target }: { target: string }) {
  const [{ source }, change] = useView({ source: "" });
  const query = useAsk("rows", {
    target: { ref: target },
    source: source ? { ref: source } : null,
  });
  // What it was made of is data that nobody has followed: that is no trouble of the page.
  if (query.error?.status === 400) return <Empty>{query.error.message}</Empty>;
  return (
    <Answered query={query}>
      {(answer) => (
        <Stack gap="md">
          {(answer.sources?.length ?? 0) > 1 && (
            <Select
              label="Of the rows of"
              maw={320}
              data={answer.sources?.map(({ artifact, title }) => ({
                value: artifact,
                label: title,
              }))}
              value={answer.source}
              allowDeselect={false}
              onChange={(value) => change({ source: value ?? "" })}
            />
          )}
          <Way of={answer} />
        </Stack>
      )}
    </Answered>
  );
}

function Downwards({ target }: { target: string }) {
  const impact = useAsk("impact", { target: { ref: target } });
  return (
    <Answered
      query={impact}
      empty={({ models }) =>
        models.length === 0 && "No model was made of it, so none of its rows went into one."
      }
    >
      {({ models }) => <ToModel target={target} models={models} />}
    </Answered>
  );
}

function ToModel({ target, models }: { target: string; models: Schemas["Reached"][] }) {
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
      {query.error?.status === 400 ? (
        <Empty>{query.error.message}</Empty>
      ) : (
        <Answered query={query}>{(answer) => <Way of={answer} />}</Answered>
      )}
    </Stack>
  );
}

function Way({ of }: { of: Schemas["RowsResponse"] }) {
  return (
    <>
      <Text fw={500}>{of.verdict}</Text>
      {of.stages.length === 0 ? (
        <Empty>The steps between were not seen.</Empty>
      ) : (
        <Waterfall title={of.title} rows={of.rows} stages={of.stages} />
      )}
      {of.gaps.map((gap) => (
        <Text key={gap} c="dimmed">
          {gap}
        </Text>
      ))}
    </>
  );
}
