import { Group, Select, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import {
  CartesianGrid,
  Scatter as Points,
  ResponsiveContainer,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Schemas } from "../../api/client";
import { to, useView } from "../../app/address";
import { AXIS, GRID } from "../../components/drawing";
import { figure } from "../../components/said";
import { Table } from "../../components/Table";
import { axesOf, numbersOf } from "./parallel";

interface Point {
  id: string;
  name: string;
  x: number;
  y: number;
}

/** Runs as points between two settings or figures; the same points stand in a table below. */
export default function Scatter({ of }: { of: Schemas["CompareRunsResponse"] }) {
  const [view, change] = useView({ x: "", y: "" });
  const navigate = useNavigate();
  const numbers = numbersOf(of);
  const differing = axesOf(of)
    .map(({ field }) => field)
    .filter((field) => numbers.has(field));
  const fields = [...new Set([...differing, ...numbers.keys()])];
  const x = numbers.has(view.x) ? view.x : (fields[0] ?? "");
  const y = numbers.has(view.y) ? view.y : (differing[differing.length - 1] ?? fields[1] ?? "");
  if (fields.length < 2)
    return <Text c="dimmed">Fewer than two settings or figures are numbers.</Text>;
  const points = of.runs.flatMap(({ id, name, made }, place): Point[] => {
    const [across, up] = [numbers.get(x)?.[place], numbers.get(y)?.[place]];
    return across == null || up == null ? [] : [{ id, name: made?.[0] ?? name, x: across, y: up }];
  });
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Select
          label="Across"
          data={fields}
          value={x}
          allowDeselect={false}
          onChange={(value) => change({ x: value ?? "" })}
        />
        <Select
          label="Up"
          data={fields}
          value={y}
          allowDeselect={false}
          onChange={(value) => change({ y: value ?? "" })}
        />
      </Group>
      <div role="img" aria-label={`${y} by ${x}, ${points.length} runs`}>
        <ResponsiveContainer width="100%" height={340}>
          <ScatterChart
            margin={{ top: 8, right: 16, bottom: 8, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid {...GRID} />
            <XAxis
              {...AXIS}
              dataKey="x"
              name={x}
              type="number"
              domain={["auto", "auto"]}
              tickFormatter={figure}
            />
            <YAxis
              {...AXIS}
              dataKey="y"
              name={y}
              type="number"
              domain={["auto", "auto"]}
              width={64}
              tickFormatter={figure}
            />
            <Tooltip
              content={({ payload }) => (
                <Told of={payload?.[0]?.payload as Point | undefined} x={x} y={y} />
              )}
            />
            <Points
              data={points}
              fill="var(--mantine-primary-color-filled)"
              isAnimationActive={false}
              onClick={(point) =>
                void navigate({ to: to.run((point as unknown as { payload: Point }).payload.id) })
              }
            />
          </ScatterChart>
        </ResponsiveContainer>
      </div>
      <Table
        label="Points"
        rows={points}
        rowKey={({ id }) => id}
        columns={[
          { label: "Run", cell: ({ name }) => name, by: ({ name }) => name },
          { label: x, cell: (point) => figure(point.x), by: (point) => point.x, number: true },
          ...(x === y
            ? []
            : [
                {
                  label: y,
                  cell: (point: Point) => figure(point.y),
                  by: (point: Point) => point.y,
                  number: true,
                },
              ]),
        ]}
      />
    </Stack>
  );
}

function Told({ of, x, y }: { of: Point | undefined; x: string; y: string }) {
  if (!of) return null;
  return (
    <Stack
      gap={0}
      p={6}
      bg="var(--mantine-color-body)"
      bd="1px solid var(--mantine-color-default-border)"
      fz="xs"
    >
      <b>{of.name}</b>
      <span>
        {x} {figure(of.x)}
      </span>
      <span>
        {y} {figure(of.y)}
      </span>
    </Stack>
  );
}
