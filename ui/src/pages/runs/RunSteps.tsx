import { Stack, Text } from "@mantine/core";
import { Empty } from "../../components/Page";
import { many } from "../../components/said";
import { Table } from "../../components/Table";
import { told, took } from "./fields";
import type { ShownRun } from "./Run";
import { Status } from "./Status";

/** The steps of a run as they happened. */
export function RunSteps({ view: { steps, run } }: ShownRun) {
  if (steps.length === 0) return <Empty>No step inside it was seen.</Empty>;
  return (
    <Stack gap="sm">
      {run.steps && run.steps > steps.length ? (
        <Text c="dimmed">
          The first {steps.length} of {many(run.steps, "step")}.
        </Text>
      ) : null}
      <Table
        label="Steps"
        rows={steps}
        rowKey={({ id }) => id}
        columns={[
          { label: "Step", cell: ({ name }) => <b>{name}</b>, by: ({ name }) => name },
          { label: "Kind", cell: ({ kind }) => kind, by: ({ kind }) => kind },
          {
            label: "Where",
            cell: ({ where }) => <span className="mono">{where ?? "–"}</span>,
            by: ({ where }) => where,
          },
          {
            label: "Status",
            cell: ({ status }) =>
              status === "finished" ? (
                <span className="quiet">finished</span>
              ) : (
                <Status of={status} />
              ),
          },
          { label: "Took", cell: ({ started, ended }) => took(started, ended), number: true },
          {
            label: "Settings",
            cell: ({ params = {} }) => (
              <span className="mono wrap">
                {Object.entries(params)
                  .filter(([, value]) => value !== null)
                  .map(([key, value]) => `${key}=${told(value)}`)
                  .join(" ")}
              </span>
            ),
          },
        ]}
      />
    </Stack>
  );
}
