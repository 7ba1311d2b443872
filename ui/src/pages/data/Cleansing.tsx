import { Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { type Tone, Verdict } from "../../components/marks";
import { Answered, Empty, Section } from "../../components/Page";
import { figure } from "../../components/said";
import { Table } from "../../components/Table";

type Word = Schemas["Effect"]["word"];

const TONES: Record<Word, Tone> = {
  fixed: "good",
  better: "good",
  same: "none",
  worse: "bad",
  broken: "bad",
  "not known": "none",
};

/** What the steps that made a version changed about its quality, check by check. */
export function Cleansing({ target }: { target: string }) {
  const query = useAsk("quality-cleansing", { target: { ref: target } });
  if (query.error) return <Empty>{query.error.message}</Empty>;
  return (
    <Answered query={query}>
      {({ verdict, stages }) => (
        <Stack gap="md">
          <Text>{verdict}</Text>
          {stages
            .filter(({ effects }) => effects.length > 0)
            .map(({ artifact, title, rows, into, into_title, effects, operations }) => (
              <Section
                key={`${artifact} ${into}`}
                title={`${title} → ${into_title}`}
                note={rows && `${figure(rows)} rows`}
              >
                <Effects
                  rows={effects.filter(({ word }) => word !== "same")}
                  of={title}
                  operations={operations ?? []}
                />
              </Section>
            ))}
        </Stack>
      )}
    </Answered>
  );
}

function Effects({
  rows,
  of,
  operations,
}: {
  rows: Schemas["Effect"][];
  of: string;
  operations: Schemas["Cut"][];
}) {
  if (rows.length === 0) return <Empty>All checks say the same of both.</Empty>;
  return (
    <Table
      label={`Checks against ${of}`}
      rows={rows}
      rowKey={({ id }) => id}
      columns={[
        {
          label: "Check",
          cell: ({ id }) => <span className="mono">{id}</span>,
          by: ({ id }) => id,
        },
        {
          label: "Effect",
          cell: ({ word }) => <Verdict tone={TONES[word]}>{word}</Verdict>,
          by: ({ word }) => word,
        },
        { label: "Before", cell: ({ before }) => <span className="wrap">{before}</span> },
        { label: "After", cell: ({ after }) => <span className="wrap">{after}</span> },
        {
          label: "By",
          cell: ({ by }) =>
            (by ?? []).map((place) => (
              <div key={place} className="mono">
                {operations[place]?.line ?? operations[place]?.name}
              </div>
            )),
        },
      ]}
    />
  );
}
