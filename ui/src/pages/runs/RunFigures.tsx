import { Stack, Text } from "@mantine/core";
import { lazy, Suspense } from "react";
import { type Schemas, useAsk } from "../../api/client";
import { Answered, Loading, Section } from "../../components/Page";
import { figure, many } from "../../components/said";
import { Table } from "../../components/Table";
import { told } from "./fields";
import type { ShownRun } from "./Run";

const Lines = lazy(() => import("./Lines"));

type Series = Schemas["Series"];

/** What a run measured, as lines over its steps, and all figures in a table. */
export function RunFigures({ view }: ShownRun) {
  const query = useAsk("series", { target: { ref: `run:${view.run.id}` } });
  return (
    <Answered
      query={query}
      empty={({ series }) => series.length === 0 && "It measured nothing that was seen."}
    >
      {({ series, verdict }) => (
        <Stack gap="lg">
          <Text>{verdict}</Text>
          <Charts series={series.filter(({ count }) => count > 1)} />
          <Section title="All figures">
            <Table
              label="All figures"
              rows={series}
              rowKey={(one, place) => `${one.key} ${one.split} ${place}`}
              columns={[
                {
                  label: "Figure",
                  cell: ({ key, split }) => <b>{named(key, split)}</b>,
                  by: ({ key }) => key,
                },
                { label: "Last", cell: ({ last }) => told(last), number: true },
                { label: "Least", cell: ({ least }) => figure(least), number: true },
                { label: "Greatest", cell: ({ greatest }) => figure(greatest), number: true },
                { label: "Values", cell: ({ count }) => figure(count), number: true },
              ]}
            />
          </Section>
        </Stack>
      )}
    </Answered>
  );
}

/** Say what a figure is: `loss validation`. */
export const named = (key: string, split?: string | null) => [key, split].filter(Boolean).join(" ");

function Charts({ series }: { series: Series[] }) {
  const keys = [...new Set(series.map(({ key }) => key))];
  if (keys.length === 0) return null;
  return (
    <Suspense fallback={<Loading />}>
      <div className="charts">
        {keys.map((key) => {
          const lines = series.filter((one) => one.key === key);
          const points = lines.reduce((sum, { count }) => sum + count, 0);
          return (
            <Section key={key} title={key} note={many(points, "value")}>
              <Lines
                label={`${key} over the steps`}
                lines={lines.map(({ split, points }, place) => ({
                  name: split ?? (lines.length > 1 ? `${key} ${place + 1}` : key),
                  points,
                }))}
              />
            </Section>
          );
        })}
      </div>
    </Suspense>
  );
}
