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
  const unknown = new Map<string, string[]>();
  for (const { word, before, id } of rows) {
    if (word === "not known") unknown.set(before, [...(unknown.get(before) ?? []), id]);
  }
  const known = rows.filter(({ word }) => word !== "not known");
  return (
    <>
      {known.length > 0 && <Known rows={known} of={of} operations={operations} />}
      {[...unknown].map(([before, ids]) => (
        <Text key={before} fz="sm" c="dimmed" mt={4}>
          Not known of {ids.join(", ")}: before, {before}.
        </Text>
      ))}
    </>
  );
}

function Known({ rows, of, operations }: Parameters<typeof Effects>[0]) {
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
            [
              ...new Set(
                (by ?? []).map((place) => operations[place]?.line ?? operations[place]?.name),
              ),
            ].map((line) => (
              <div key={line} className="mono">
                {line}
              </div>
            )),
        },
      ]}
    />
  );
}
